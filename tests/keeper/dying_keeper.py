"""A keeper that dies before it ever serves."""


def main() -> int:
    return 9
