"""What clients that stay connected can be told: the root type of subscriptions."""

from collections.abc import AsyncGenerator
from typing import TypedDict

import strawberry
from strawberry.types import Info

from api.revision import Watcher


class Context(TypedDict):
    """What resolvers may use."""

    watcher: Watcher


@strawberry.type(description="What can be told as it happens.")
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription(
        name="revisionChanged",
        description="How often a load has changed the graph: now, and again each time that it changes.",
    )
    async def revision_changed(self, info: Info[Context, None]) -> AsyncGenerator[int, None]:
        async for number in info.context["watcher"].changes():
            yield number
