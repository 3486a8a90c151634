"""How long a posed view of a generated scene takes, and its truth, in processor time on one core."""

import argparse
import time

from lasso3d.data.procedural import STUDIOS, procedural

COUNT = 12


def main() -> None:
    """Three seeds of each world; the first view of all compiles and is not counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=30)
    seed = parser.parse_args().seed
    print("world      view ms  truth ms")
    for world in STUDIOS:
        examples = [procedural(world, seed + i, views=COUNT) for i in range(3)]
        seconds = []
        for views in ([e.scene.views for e in examples], [e.truth.views for e in examples]):
            views[0][0]
            start = time.process_time()
            for lazy in views:
                lazy[:]
            seconds.append((time.process_time() - start) / (3 * COUNT))
        print(f"{world:10} {1000 * seconds[0]:7.0f} {1000 * seconds[1]:9.0f}")


if __name__ == "__main__":
    main()
