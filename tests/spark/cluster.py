"""A real Spark cluster on loopback: a master, two workers of one core each, and the Connect server in front of them."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pyspark

from tests.ports import free_port

HOME = Path(pyspark.__file__).parent
PATIENCE = 240.0
"""Seconds for which a part of the cluster may take to begin: the first one loads everything."""
TOKEN = "a-token-of-the-cluster-5f1d"
"""What opens the clusters of tests that ask for one."""
QUICK = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.cores.max": "2",
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.driver.memory": "1g",
    # On a few rows it takes longest to compile each question.
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


class Cluster(NamedTuple):
    """A cluster that runs."""

    port: int
    """Of its Connect server."""
    workers: dict[Path, subprocess.Popen[bytes]]
    """By their folders of work, each the first of a group of processes in which its executors are too."""
    connect: subprocess.Popen[bytes]
    """The Connect server."""


@contextmanager
def cluster(folder: Path, memory: str = "600m", **others: str) -> Iterator[Cluster]:
    """A cluster, once its Connect server and two workers are there.

    `memory`: of each worker; `others`: settings besides `QUICK`, `_` for each dot.
    """
    running: list[subprocess.Popen[bytes]] = []
    workers = {}
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(HOME), "SPARK_NO_DAEMONIZE": "1"}

    def begin(name: str, program: str, *words: str) -> Path:
        log = folder / f"{name}.log"
        with log.open("wb") as file:
            command = [str(HOME / "bin" / program), *words]
            running.append(
                subprocess.Popen(command, stdout=file, stderr=file, env=environment, cwd=folder, start_new_session=True)
            )
        return log

    try:
        master, port = free_port(), free_port()
        words = ["--host", "127.0.0.1", "--port", str(master), "--webui-port", "0"]
        log = begin("master", "spark-class", "org.apache.spark.deploy.master.Master", *words)
        _wait(log, r"I have been elected leader|New state: ALIVE", running)
        for number in ("1", "2"):
            words = [
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                memory,
                "--webui-port",
                "0",
                "-d",
                str(folder / number),
            ]
            worker = begin(
                f"worker{number}",
                "spark-class",
                "org.apache.spark.deploy.worker.Worker",
                *words,
                f"spark://127.0.0.1:{master}",
            )
            _wait(worker, "Successfully registered with master", running)
            workers[folder / number] = running[-1]
        settings = (
            QUICK | {"spark.connect.grpc.binding.port": str(port)} | {k.replace("_", "."): v for k, v in others.items()}
        )
        given = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
        connect = begin(
            "connect",
            "spark-submit",
            "--master",
            f"spark://127.0.0.1:{master}",
            *given,
            "--class",
            "org.apache.spark.sql.connect.service.SparkConnectServer",
            "spark-internal",
        )
        _wait(connect, "Spark Connect server started", running)
        yield Cluster(port, workers, running[-1])
    finally:
        for process in reversed(running):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(log: Path, line: str, running: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + PATIENCE
    while not re.search(line, text := log.read_text(errors="replace")):
        assert all(process.poll() is None for process in running), text[-3000:]
        assert time.monotonic() < until, text[-3000:]
        time.sleep(0.2)
