"""`python -m intent_tf.input_service`: makes batches for `train --input-service`, in processes of their own.

One process hands the work out (the dispatcher), others do it (the input workers):

    python -m intent_tf.input_service --port 5050 --folder state      # on a machine named feeder
    python -m intent_tf.input_service --dispatcher grpc://feeder:5050 --host feeder2     # on others
    python -m intent_tf.train … --input-service grpc://feeder:5050

`python -m intent_tf.launch --input-workers N` starts all of it on this machine. There is no password: whoever
reaches these ports can have them run TensorFlow programs.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from intent_tf.addresses import split_address
from intent_tf.command_line import parse_configuration, run_verb
from intent_tf.data.served_batches import dispatcher_address, wait_for_dispatcher
from intent_tf.errors import InputError


@dataclass(frozen=True)
class InputServiceConfig:
    """The process.

    Args:
        dispatcher: Be an input worker of this dispatcher, grpc://host:port; without it, be the dispatcher.
        host: Name by which the machines that train reach this one.
        port: To listen on; 0 for any free one.
        folder: Where a dispatcher keeps its state, so that one that was killed goes on when started again on
            the same port.
        timeout: Seconds that an input worker waits for its dispatcher.
    """

    dispatcher: str | None = None
    host: str = "localhost"
    port: int = 0
    folder: str | None = None
    timeout: float = 300.0

    def __post_init__(self) -> None:
        if self.dispatcher is not None:
            dispatcher_address(self.dispatcher)
            if self.folder is not None:
                raise InputError("an input worker has no state", remedy="leave --folder out")


def start_server(config: InputServiceConfig) -> Any:
    """Start a dispatcher or an input worker in this process.

    Let it run as long as the process does: TensorFlow may wait without end when it takes one down.

    Raises:
        InputError: If the port is taken, or the dispatcher cannot be reached.
    """
    service, dispatcher = tf.data.experimental.service, config.dispatcher
    try:
        if config.port:
            # TensorFlow would share a port that another server has, and some of the work would go there.
            socket.create_server(("", config.port), reuse_port=False).close()
        if dispatcher is None:
            kept = {} if config.folder is None else {"work_dir": config.folder, "fault_tolerant_mode": True}
            return service.DispatchServer(service.DispatcherConfig(port=config.port, **kept))
        wait_for_dispatcher(dispatcher, config.timeout)
        return service.WorkerServer(
            service.WorkerConfig(
                dispatcher_address(dispatcher), port=config.port, worker_address=f"{config.host}:%port%",
                data_transfer_address=f"{config.host}:%dts_port%",
            )
        )  # fmt: skip
    except (OSError, tf.errors.OpError) as error:
        raise InputError(f"the input service cannot start on port {config.port} ({error})") from error


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve until interrupted."""
    (config,), _ = parse_configuration("input_service", __doc__ or "", (InputServiceConfig,), arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Ends at once. Taken down in order, a server may wait without end for others that have gone before.
        signal.signal(number, signal.SIG_DFL)
    server = start_server(config)
    if config.dispatcher is None:
        port = split_address(dispatcher_address(server.target))[1]
        print(f"input service: grpc://{config.host}:{port}", flush=True)
    else:
        print(f"input worker of {config.dispatcher}", flush=True)
    server.join()


if __name__ == "__main__":
    run_verb(main)
