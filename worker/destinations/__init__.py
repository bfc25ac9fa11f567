"""Where articles go: one file a kind, one line here."""

from __future__ import annotations

from collections.abc import Mapping

from worker.destinations.feed import Feed, FeedOptions
from worker.destinations.kind import Kind, Options, RemoteKind, secret_fields, secret_references
from worker.destinations.portal import Portal, PortalOptions
from worker.destinations.pull import Pull, PullOptions
from worker.destinations.webhook import Webhook, WebhookOptions

KINDS: Mapping[str, Kind] = {
    "feed": Feed(),
    "portal": Portal(),
    "pull": Pull(),
    "webhook": Webhook(),
}

OPTIONS: Mapping[str, type[Options]] = {name: kind.options for name, kind in KINDS.items()}

__all__ = [
    "KINDS",
    "OPTIONS",
    "FeedOptions",
    "Kind",
    "Options",
    "PortalOptions",
    "PullOptions",
    "RemoteKind",
    "WebhookOptions",
    "secret_fields",
    "secret_references",
]
