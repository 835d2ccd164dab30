from __future__ import annotations

import pytest

from intent_tf.errors import InputError
from intent_tf.models.file_version import VERSION, refuse_other_version
from intent_tf.version import __version__

MAJOR, MINOR = map(int, __version__.split(".")[:2])


@pytest.mark.parametrize("patch", ["0", "7", "0.dev0", "1rc1"])
def test_any_patch_of_this_minor_version_is_taken(patch: str) -> None:
    refuse_other_version({VERSION: f"{MAJOR}.{MINOR}.{patch}"})


def test_another_minor_version_is_refused_with_what_to_do() -> None:
    later = f"{MAJOR}.{MINOR + 1}"
    with pytest.raises(InputError, match=rf"written by intent_tf {later}\.3, .*intent_tf=={later}\.\*"):
        refuse_other_version({VERSION: f"{later}.3"})


def test_a_configuration_without_a_version_is_of_0_1() -> None:
    with pytest.raises(InputError, match=r"written by intent_tf 0\.1,"):
        refuse_other_version({})
