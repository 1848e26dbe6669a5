"""Amazon's notices: each names an order, lies in the seller's queue until it is kept, none is lost.

The signature's expectations were computed by botocore 1.44 (SigV4Auth), the seller's queue is also
run against moto's SQS by hand.
"""

import pytest

from sync.channels.amazon_queue import address_of
from sync.channels.amazon_sigv4 import AwsKeys, signed
from sync.errors import Ambiguous, PermissionMissing, Rejected, SyncError, Throttled, TokenExpired
from sync.ports import Messages, Request
from sync.sandbox.amazon import AmazonSandbox
from sync.sandbox.amazon_notices import HIDDEN_S, SqsQueue
from tests.sync.amazon_world import AWS, URL, World, channel_for, listening, sandbox
from tests.sync.sync_world import HandClock


@pytest.fixture
def box(clock: HandClock) -> AmazonSandbox:
    return sandbox(clock)


@pytest.fixture
def world(box: AmazonSandbox, clock: HandClock) -> World:
    return World(box, clock)


def sold(world: World) -> str:
    return world.box.shop.sell(("CUP-1", 1, "9.90")).number


def test_the_signature_is_the_one_awss_own_library_makes() -> None:
    keys = AwsKeys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "sqs")
    body = b'{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/q", "MaxNumberOfMessages": 10}'
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonSQS.ReceiveMessage",
    }
    request = Request("POST", "https://sqs.us-east-1.amazonaws.com/", headers, body)
    told = signed(request, keys, 1_767_225_600_000).headers
    assert told["X-Amz-Date"] == "20260101T000000Z"
    assert told["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/sqs/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
        "Signature=864838f2f7e31f2832d64f9ac4c6d9a59b1b47ffdad75b136d2708bd8854ee3f"
    )


async def test_a_notice_names_its_order_and_comes_again_until_it_is_let_go(world, clock) -> None:
    channel = listening(world, clock)
    assert isinstance(channel, Messages)
    assert channel.listens
    assert await channel.messages() == ()
    number = sold(world)
    event = world.box.notices.tell(number)
    for _ in range(2):
        (told,) = await channel.messages()
        assert (told.hint.kind, told.hint.external_id) == ("order", number)
        assert (told.hint.event_id, told.hint.topic) == (event, "ORDER_CHANGE")
        assert await channel.messages() == (), "while it is hidden it is given to nobody"
        clock.turn(HIDDEN_S + 1)
    (told,) = await channel.messages()
    await channel.confirm((told.id,))
    clock.turn(HIDDEN_S + 1)
    assert await channel.messages() == ()
    await channel.confirm((told.id,))  # let go twice is no error


async def test_a_burst_is_taken_ten_at_a_time_and_let_go_so(world, clock) -> None:
    channel = listening(world, clock)
    await channel.messages()
    numbers = [sold(world) for _ in range(35)]
    for number in numbers:
        world.box.notices.tell(number)
    receipts: dict[str, str] = {}
    while told := await channel.messages():
        assert len(told) <= 10
        receipts |= {message.hint.external_id: message.id for message in told}
    assert sorted(receipts) == sorted(numbers)
    await channel.confirm(tuple(receipts.values()))
    assert world.queue.lying == {}


async def test_the_seller_is_subscribed_once_whoever_asks_again(world, clock) -> None:
    for _ in range(2):
        channel = listening(world, clock)
        await channel.messages()
        await channel.messages()
    calls = world.box.calls
    assert (calls["createDestination"], calls["createSubscription"]) == (1, 1)
    assert calls["getSubscription"] == 2


async def test_a_subscription_of_another_program_is_left_as_it_is(world, clock) -> None:
    other = SqsQueue("123456789012", "elsewhere", *AWS)
    world.box.notices.queues[other.arn] = other
    world.box.notices.add({"resourceSpecification": {"sqs": {"arn": other.arn}}})
    (world.box.notices.subscribed,) = world.box.notices.destinations
    with pytest.raises(Rejected) as no:
        await listening(world, clock).messages()
    assert no.value.code == "amazon_other_queue"
    assert world.box.notices.destinations[world.box.notices.subscribed] == other.arn


async def test_another_sellers_notice_is_left_for_the_shop_it_is_about(world, clock) -> None:
    channel = listening(world, clock)
    await channel.messages()
    world.box.notices.tell(sold(world), seller="A2OTHER")
    assert await channel.messages() == ()
    assert len(world.queue.lying) == 1


ODD = ["", "{", "[]", "null", '{"Payload":3}', '{"Payload":{"OrderChangeNotification":[]}}', "\x00"]


@pytest.mark.parametrize("body", ODD)
async def test_a_message_that_names_no_order_stands_in_nobodys_way(world, clock, body) -> None:
    channel = listening(world, clock)
    await channel.messages()
    world.queue.put(body)
    world.box.notices.tell(number := sold(world))
    told = await channel.messages()
    assert [message.hint.external_id for message in told] == ["", number]
    assert [message.hint.kind for message in told] == ["other", "order"]
    await channel.confirm(tuple(message.id for message in told))
    assert world.queue.lying == {}


async def test_a_body_spoilt_on_the_way_is_left_to_come_again(world, clock) -> None:
    channel = listening(world, clock)
    await channel.messages()
    world.box.notices.tell(sold(world))
    world.sqs.spoil = "md5"
    assert await channel.messages() == ()
    world.sqs.spoil = ""
    clock.turn(HIDDEN_S + 1)
    assert len(await channel.messages()) == 1


async def test_what_aws_kept_is_said_and_lost_by_nobody(world, clock) -> None:
    channel = listening(world, clock)
    await channel.messages()
    world.box.notices.tell(sold(world))
    (told,) = await channel.messages()
    world.sqs.spoil = "kept"
    with pytest.raises(Ambiguous):
        await channel.confirm((told.id,))
    assert len(world.queue.lying) == 1


@pytest.mark.parametrize(
    ("how", "error", "code"),
    [
        ("secret", TokenExpired, "amazon_queue_key"),
        ("key", TokenExpired, "amazon_queue_key"),
        ("clock", TokenExpired, "amazon_queue_clock"),
        ("right", PermissionMissing, "amazon_queue_denied"),
        ("queue", Rejected, "amazon_queue_gone"),
        ("slow", Throttled, "sync_throttled"),
        ("role", PermissionMissing, "amazon_notices_denied"),
        ("http", Rejected, "amazon_no_queue_address"),
    ],
)
async def test_what_is_wrong_with_the_queue_is_said_in_one_word(
    world: World, clock: HandClock, how: str, error: type[SyncError], code: str
) -> None:
    key, url = {"secret": (AWS[0], "no"), "key": ("AKIANO", AWS[1])}.get(how, AWS), URL
    await listening(world, clock).messages()
    if how == "clock":
        world.sqs._now_s = lambda: clock.now() / 1000 + 901
    elif how == "right":
        world.queue.may = {"DeleteMessageBatch"}
    elif how == "queue":
        world.queue.name = "renamed"
    elif how == "slow":
        world.sqs.spoil = "throttle"
    elif how == "role":
        world.box.app.lacks = {"getDestinations"}
    elif how == "http":
        url = URL.replace("https:", "http:")
    with pytest.raises(error) as no:
        await listening(world, clock, key, url).messages()
    assert no.value.code == code


def test_a_queues_address_says_where_it_lies() -> None:
    assert address_of(f" {URL} ").arn == "arn:aws:sqs:us-east-1:123456789012:waydesk-orders"
    assert address_of(URL.replace("us-east-1", "eu-west-1")).region == "eu-west-1"
    for bad in (
        "https://sqs.us-east-1.amazonaws.com.evil.example/123456789012/q",
        "https://evil.example/123456789012/q",
        "https://sqs.us-east-1.amazonaws.com/12/q",
        "ftp://sqs.us-east-1.amazonaws.com/123456789012/q",
        "",
    ):
        with pytest.raises(Rejected):
            address_of(bad)


async def test_a_shop_without_a_queue_asks_nobody(world, clock) -> None:
    channel = channel_for(world, clock)
    assert not channel.listens
    assert await channel.messages() == ()
    await channel.confirm(("x",))
    assert not world.box.calls
    assert not world.sqs.calls
