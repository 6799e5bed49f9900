from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.checksum import NOTHING, digest, moved

members = st.sets(st.binary(max_size=4), max_size=6)


@given(members, members)
def test_sum_depends_on_the_members_alone(
    first: set[bytes], second: set[bytes]
) -> None:
    """Members that come and go in any order leave the sum of those that stay."""
    total = NOTHING
    for member in first:
        total = moved(total, without=None, with_=member)
    for member in first - second:
        total = moved(total, without=member, with_=None)
    for member in second - first:
        total = moved(total, without=None, with_=member)

    straight = NOTHING
    for member in sorted(second):
        straight = moved(straight, without=None, with_=member)
    assert total == straight
    assert (digest(total) == digest(NOTHING)) == (not second)


def test_replacing_is_leaving_and_joining() -> None:
    """A member can be exchanged for another in one step."""
    one = moved(NOTHING, without=None, with_=b"one")

    assert moved(one, without=b"one", with_=b"two") == moved(
        NOTHING, without=None, with_=b"two"
    )
