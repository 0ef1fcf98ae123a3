from types import SimpleNamespace
from typing import Any

from acceptance.scenario_order import shuffle


def tree() -> list[Any]:
    """Three features of three rules with four scenarios each."""
    return [
        SimpleNamespace(
            name=f"f{f}",
            run_items=[
                SimpleNamespace(name=f"f{f}r{r}", run_items=[f"f{f}r{r}s{s}" for s in range(4)]) for r in range(3)
            ],
        )
        for f in range(3)
    ]


def flat(features: list[Any]) -> list[str]:
    return [scenario for feature in features for rule in feature.run_items for scenario in rule.run_items]


def shuffled(seed: int) -> list[str]:
    features = tree()
    shuffle(features, seed)
    return flat(features)


def test_the_same_seed_gives_the_same_order():
    assert shuffled(42) == shuffled(42)


def test_another_seed_gives_another_order():
    assert shuffled(42) != shuffled(43)


def test_features_rules_and_scenarios_are_all_shuffled_and_none_is_lost():
    orders = [shuffled(seed) for seed in range(8)]
    assert all(sorted(order) == sorted(flat(tree())) for order in orders)
    assert len({order[0][:2] for order in orders}) > 1
    assert len({order[0][2:4] for order in orders}) > 1
    assert len({order[0][4:] for order in orders}) > 1
