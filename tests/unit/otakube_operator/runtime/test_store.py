# SPDX-License-Identifier: Apache-2.0
"""The last known state of objects."""

from operator_builders import KEY, UID, body, workflow
from otakube_operator.enrichment.controller import EnrichmentController
from otakube_operator.enrichment.observed import Enrichment, WorkflowRun
from otakube_operator.runtime.objects import ObjectKey
from otakube_operator.runtime.store import ControllerStore


def empty() -> ControllerStore[Enrichment, WorkflowRun]:
    return ControllerStore(EnrichmentController.resource, EnrichmentController.owned)


def test_the_store_ignores_what_is_older_than_what_it_knows() -> None:
    store = empty()
    newer = body(generation=2)
    newer["metadata"]["resourceVersion"] = "12"
    assert store.put(newer)
    assert not store.put(body())
    assert not store.put(newer)
    assert not store.drop(body())
    seen = store.object(KEY)
    assert seen is not None
    assert seen.generation == 2


def test_the_store_reports_only_changes_that_matter_to_a_plan() -> None:
    store, first, touched = empty(), workflow(), workflow()
    touched["metadata"]["resourceVersion"] = "10"
    assert store.put_owned(first)
    assert not store.put_owned(touched)
    ended = workflow(phase="Failed")
    ended["metadata"]["resourceVersion"] = "11"
    assert store.put_owned(ended)


def test_a_full_list_takes_away_what_vanished_but_not_what_came_after_it() -> None:
    store = empty()
    store.put(body())
    store.put_owned(workflow())
    store.drop_absent(version="8", namespace=None, keys=set(), owned_uids=set())
    assert (store.known_keys(), len(store.owned(UID))) == ([], 1)  # versions 7 and 9


def test_a_full_list_tells_whose_owned_objects_it_does_not_hold() -> None:
    store = empty()
    store.put(body())
    store.put_owned(workflow())
    uid = workflow()["metadata"]["uid"]
    assert store.drop_absent(version="9", namespace=None, keys={KEY}, owned_uids={uid}) == []
    assert store.drop_absent(version="9", namespace=None, keys={KEY}, owned_uids=set()) == [UID]
    assert (store.owned(UID), len(store.missing(UID))) == ((), 1)


def test_a_stored_object_keeps_what_a_plan_reads_and_no_more() -> None:
    store, seen = empty(), body()
    seen["metadata"] |= {
        "annotations": {"otakube.dev/requested-at": "now", "kubectl.kubernetes.io/last-applied": "x" * 9000},
        "managedFields": [{"manager": "kubectl"}],
        "finalizers": ["otakube.dev/running-workflow"],
    }
    store.put(seen)
    [(_, stored)] = store._objects.values()
    assert len(stored) < 700
    kept = store.object(KEY)
    assert isinstance(kept, Enrichment)
    assert (kept.requested_at, kept.has_finalizer, kept.deleting) == ("now", True, False)


def test_an_owned_object_that_left_the_watch_is_missing_until_it_is_found_or_forgotten() -> None:
    store = empty()
    store.put_owned(workflow())
    assert store.drop_owned(workflow()) == UID
    [missing] = store.missing(UID)
    assert store.owned(UID) == ()
    bare = workflow()
    bare["metadata"] |= {"labels": None, "resourceVersion": "10"}
    assert store.put_owned(bare) == UID  # known by its uid
    assert (store.missing(UID), len(store.owned(UID))) == ((), 1)
    store.forget_owned(missing)
    assert store.owned(UID) == ()


def test_a_workflow_of_the_same_name_and_another_uid_is_not_taken_for_the_known_one() -> None:
    store, bare = empty(), workflow()
    store.put_owned(workflow())
    [known] = store.owned(UID)
    store.drop_owned(workflow())
    bare["metadata"] |= {"labels": None, "resourceVersion": "10", "uid": "w2"}
    assert store.put_owned(bare, known) == ""


def test_the_owner_of_an_object_is_found_by_uid_while_it_is_there() -> None:
    store = empty()
    store.put(body())
    assert store.key_of_owner(UID) == KEY
    store.put_owned(workflow())
    store.drop_owned(workflow())
    store.forget(KEY)
    assert (store.key_of_owner(UID), store.missing(UID)) == (None, ())


def test_an_object_made_anew_under_its_name_is_found_by_its_new_uid_alone() -> None:
    store, again = empty(), body()
    store.put(body())
    again["metadata"] |= {"uid": "second", "resourceVersion": "8"}
    store.put(again)
    assert (store.key_of_owner(UID), store.key_of_owner("second")) == (None, KEY)


def test_objects_are_counted_by_the_state_of_their_conditions() -> None:
    store = empty()
    for number, (name, reason) in enumerate([("a", "Published"), ("b", "Published"), ("c", "Stopped")], 20):
        seen = body()
        seen["metadata"] |= {"name": name, "resourceVersion": str(number)}
        status = "True" if reason == "Published" else "False"
        seen["status"] = {"conditions": [{"type": "Ready", "status": status, "reason": reason}]}
        store.put(seen)
    expected = {("Ready", "True", "Published"): 2, ("Ready", "False", "Stopped"): 1}
    assert store.condition_counts() == expected
    store.forget(ObjectKey(KEY.namespace, "a"))
    assert store.condition_counts()["Ready", "True", "Published"] == 1
