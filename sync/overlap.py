"""How far back the next round of a shop's changed orders begins.

Lists lag behind the shop: mostly by seconds, sometimes by minutes. Each round goes back a little
before where the last one ended, and once in five minutes one goes back far, so that whatever a list
shows within ten minutes is met, and a busy day's last ten minutes are not read twice a minute: that
alone would use up what a platform lets us ask (channels.md 0: "overlap").
"""

LATE_MS = 600_000
SHORT_MS = 60_000
FAR_EVERY_MS = 300_000
FAR_MS = LATE_MS + FAR_EVERY_MS


def next_since(ended_ms: int, far_ms: int) -> tuple[int, int]:
    """Where a round begins after one that ended at `ended_ms`, and when one last went far back.

    `far_ms` is what the second number was for the round that ended; 0 before the first. All are
    UTC milliseconds of one clock.
    """
    if 0 <= ended_ms - far_ms < FAR_EVERY_MS:
        return max(0, ended_ms - SHORT_MS), far_ms
    return max(0, ended_ms - FAR_MS), ended_ms
