"""An offer as one JSON document (docs/json.md). Keys may be added; none changes its meaning."""

from collections.abc import Callable

from pullproof.finding import Change, Compared, Fix, NotMended, Offer
from pullproof.model.edits import Edit
from pullproof.model.value import Maybe, Unknown
from pullproof.report.json_v1 import Json, docs_page, written

#: The levels of `exposure_score`, the widest first.
LEVELS = ("reached", "anywhere", "block", "list", "every_resource", "group", "one_resource")


def render(offer: Offer, edit_json: Callable[[Edit], Json]) -> str:
    """The document as text; `edit_json` writes one edit."""
    kept = {task for one in offer.left for task in one.tasks}.intersection(offer.blocked)
    return written(
        {
            "schema": 1,
            "source": {"kind": offer.source_kind, "path": offer.source_path},
            "via": offer.via,
            "prices": offer.priced,
            "gigabytes": offer.gigabytes,
            "compared": [_compared(one) for one in offer.compared],
            "summary": {
                "blocked": len(offer.blocked),
                "mended": len(offer.blocked) - len(kept),
                "left": len(kept),
                "unknown": len(offer.unknown),
            },
            **mending_json(offer, edit_json),
            "unknown": list(offer.unknown),
            "notes": list(offer.notes),
        }
    )


def mending_json(offer: Offer, edit_json: Callable[[Edit], Json]) -> Json:
    """The fixes of an offer, and what stays."""
    return {
        "fixes": [_fix(fix, offer, edit_json) for fix in offer.fixes],
        "left": [_left(one, offer) for one in offer.left],
    }


def _fix(fix: Fix, offer: Offer, edit_json: Callable[[Edit], Json]) -> Json:
    return {
        "whole": fix.whole,
        "edits": [_change(change, offer, edit_json) for change in fix.changes],
        "exposure": list(fix.exposure),
        "exposure_score": dict(zip(LEVELS, fix.score, strict=True)),
        **cost_json(fix.monthly),
        "ways": [way.value for way in fix.ways],
        "per_gb_usd": _known(fix.per_gb),
        "with_data_usd": _known(fix.with_data(offer.gigabytes)),
        "data_unknown": fix.per_gb.settle_by if isinstance(fix.per_gb, Unknown) else "",
        "warnings": list(fix.warnings),
        "proof": {
            "starts": list(fix.proof.starts),
            "unsettled": list(fix.proof.unsettled),
            "settles": fix.proof.settles,
            "judged": fix.proof.judged,
            "worse": list(fix.proof.opens),
        },
    }


def _compared(one: Compared) -> Json:
    return {
        "via": one.via,
        "mended": one.mended,
        "edits": one.edits,
        "monthly_usd": _known(one.monthly),
        "with_data_usd": _known(one.with_data),
    }


def _known(price: Maybe[float]) -> float | None:
    return None if isinstance(price, Unknown) else round(price, 4)


def cost_json(monthly: Maybe[float]) -> Json:
    """A price: null, with the reason, where it is not known."""
    if isinstance(monthly, Unknown):
        return {"monthly_usd": None, "cost_unknown": monthly.settle_by}
    return {"monthly_usd": monthly, "cost_unknown": ""}


def _change(change: Change, offer: Offer, edit_json: Callable[[Edit], Json]) -> Json:
    return {
        "says": change.says,
        "resource": change.resource,
        "place": offer.places.get(change.resource, ""),
        "settles": [
            {"code": code, "resource": resource, "step": step, "task": task}
            for code, resource, step, task in change.settles
        ],
        "edit": edit_json(change.edit),
    }


def _left(one: NotMended, offer: Offer) -> Json:
    return {
        "code": one.code,
        "resource": one.resource,
        "place": offer.places.get(one.resource, ""),
        "why": one.why,
        "remedy": one.remedy,
        "tasks": list(one.tasks),
        "docs": docs_page(one.code) if one.code else "",
    }
