"""What `aws://...` means."""

import pytest

from pullproof.errors import UsageError
from pullproof.sources.live.target import Target, is_live, target_of

TASK = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("aws://", Target(text="aws://")),
        ("aws://shop", Target(text="aws://shop", cluster="shop")),
        ("aws://shop/", Target(text="aws://shop/", cluster="shop")),
        ("aws://shop/web-1", Target(text="aws://shop/web-1", cluster="shop", service="web-1")),
        (f"aws://shop/{TASK}", Target(text=f"aws://shop/{TASK}", cluster="shop", task=TASK)),
        (
            "aws://arn:aws-cn:ecs:cn-north-1:123456789012:cluster/shop",
            Target(
                text="aws://arn:aws-cn:ecs:cn-north-1:123456789012:cluster/shop",
                cluster="shop",
                region="cn-north-1",
            ),
        ),
        (
            "aws://arn:aws:ecs:eu-west-1:123456789012:service/shop/web",
            Target(
                text="aws://arn:aws:ecs:eu-west-1:123456789012:service/shop/web",
                cluster="shop",
                service="web",
                region="eu-west-1",
            ),
        ),
    ],
)
def test_an_address_is_understood(text: str, expected: Target) -> None:
    """Names, and ARNs as AWS prints them, name a cluster, a service or a task."""
    assert expected == target_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "aws://a/b/c",
        "aws://sh op",
        "aws://shop/../x",
        "aws://shop?region=x",
        "aws://arn:aws:ecs:eu-west-1:123456789012:service/web",
        "aws://arn:aws:s3:::bucket",
        f"aws://{'x' * 256}",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Anything else is refused, and the message says what can be written."""
    with pytest.raises(UsageError) as raised:
        target_of(text)

    assert "aws://CLUSTER" in raised.value.remedy


def test_only_addresses_are_live() -> None:
    """A file is no account, whatever it is called."""
    assert [True, False, False] == [is_live(text) for text in ("aws://", "aws", "./aws:/x")]
