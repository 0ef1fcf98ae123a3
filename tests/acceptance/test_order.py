"""The order of a run's scenarios."""

from types import SimpleNamespace
from typing import Any

from acceptance.runner import of_other_shards, shuffle


def tree() -> list[Any]:
    """Three features of three rules with four scenarios each."""
    return [
        SimpleNamespace(run_items=[SimpleNamespace(run_items=[f"{f}{r}{s}" for s in range(4)]) for r in range(3)])
        for f in range(3)
    ]


def shuffled(seed: int) -> list[str]:
    features = tree()
    shuffle(features, seed)
    return [scenario for feature in features for rule in feature.run_items for scenario in rule.run_items]


def test_a_seed_gives_one_order_of_features_rules_and_scenarios_and_none_is_lost():
    orders = [shuffled(seed) for seed in range(8)]
    assert orders == [shuffled(seed) for seed in range(8)]
    assert all(len(set(order)) == 36 for order in orders)
    for place in range(3):
        assert len({order[0][place] for order in orders}) > 1


def test_each_scenario_is_in_exactly_one_shard_and_all_shards_have_about_as_many():
    order: list[Any] = shuffled(17)
    for count in range(1, len(order) + 1):
        shards = [
            [each for each in order if each not in of_other_shards(order, (number, count))]
            for number in range(1, count + 1)
        ]
        assert sorted(each for shard in shards for each in shard) == sorted(order)
        sizes = [*map(len, shards)]
        assert 1 <= min(sizes) <= max(sizes) <= min(sizes) + 1
