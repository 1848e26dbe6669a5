"""The platforms' doors: who we are there, what a call is, what a no means.

A platform's channel and its e-waybill go in by the same door; neither knows the other.
"""
