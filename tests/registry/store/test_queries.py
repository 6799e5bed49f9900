import asyncio
import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from registry.errors import (
    EngineUnavailable,
    QueryMalformed,
    QueryRefused,
    QueryTimeout,
    ResultTooLarge,
)
from registry.ports import Answer, Query, QueryForm
from registry.store.oxigraph import OxigraphWriter
from registry.store.queries import QueryLimits, QueryPool
from tests.registry.store.pools import (
    BASE,
    COUNT,
    CSV,
    RUNAWAY,
    SLOW,
    caught,
    children,
    graph,
    run,
    until,
)

EMPTY = {"running": 0, "waiting": 0}


def test_answers_with_its_sequence(folder: Path) -> None:
    """An answer comes with the journal position that it reflects."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits()) as pool:
            answer = await pool.ask(COUNT, CSV)

            assert answer == Answer(b"n\r\n2001\r\n", 20)

    run(work())


def test_gate_is_in_front(folder: Path) -> None:
    """The form of a query is told, and what the gate refuses is refused."""
    pool = QueryPool(folder, BASE, QueryLimits())

    assert pool.form("DESCRIBE <x:y>") == QueryForm.DESCRIBE
    with pytest.raises(QueryRefused):
        pool.form("SELECT * { SERVICE <x:y> {} }")


def test_nothing_published_is_told(tmp_path: Path) -> None:
    """Before the first publication the service says that it has no data."""

    async def work() -> None:
        async with QueryPool(tmp_path, BASE, QueryLimits(workers=1)) as pool:
            error = await caught(pool.ask(COUNT, CSV))

            assert isinstance(error, EngineUnavailable)
            assert error.extra == {"reason": "unpublished"}
            assert pool.health()["sequence"] is None

    run(work())


def test_refusals_of_the_engine_cross(folder: Path) -> None:
    """A syntax error and an answer too large are told as such, by a live worker."""
    limits = QueryLimits(workers=1, rows=10)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            before = children()
            malformed = await caught(pool.ask(Query("SELECT *\n{ ?s"), CSV))
            large = await caught(pool.ask(Query("SELECT * { ?s ?p ?o }"), CSV))

            assert isinstance(malformed, QueryMalformed)
            assert malformed.extra["line"] == 2
            assert isinstance(large, ResultTooLarge)
            assert large.extra == {"rule": "rows", "limit": 10}
            assert children() == before

    run(work())


def test_deadline_stops_a_runaway(folder: Path) -> None:
    """A query past its deadline is killed, and the next one is unharmed."""
    limits = QueryLimits(workers=1, deadline=0.5)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            before = children()
            start = time.monotonic()
            error = await caught(pool.ask(SLOW, CSV))
            elapsed = time.monotonic() - start
            answer = await pool.ask(Query("ASK {}"), "application/sparql-results+json")

            assert isinstance(error, QueryTimeout)
            assert error.extra == {"rule": "deadline", "limit": 0.5}
            assert elapsed < 5
            assert json.loads(answer.body) == {"head": {}, "boolean": True}
            await until(lambda: not before & children())

    run(work())


def test_memory_cap_stops_a_glutton(folder: Path) -> None:
    """A query past the memory cap is stopped with another reason."""
    limits = QueryLimits(workers=1, deadline=30, memory=512 * 1024**2)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            error = await caught(pool.ask(RUNAWAY, CSV))
            answer = await pool.ask(COUNT, CSV)

            assert isinstance(error, QueryTimeout)
            assert error.extra == {"rule": "memory", "limit": 512 * 1024**2}
            assert answer.body == b"n\r\n2001\r\n"

    run(work())


def test_crash_of_the_engine_is_survived(folder: Path) -> None:
    """A text that overflows the stack of the parser harms only its worker."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1)) as pool:
            error = await caught(pool.ask(Query("ASK" + "{" * 20_000), CSV))
            answer = await pool.ask(COUNT, CSV)

            assert isinstance(error, EngineUnavailable)
            assert error.extra == {"reason": "crashed"}
            assert answer.sequence == 20

    run(work())


def test_killed_worker_is_replaced(folder: Path) -> None:
    """A worker that somebody kills while idle costs one query at most."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1)) as pool:
            for pid in children():
                os.kill(pid, signal.SIGKILL)
            with contextlib.suppress(EngineUnavailable):
                await pool.ask(COUNT, CSV)
            answer = await pool.ask(COUNT, CSV)

            assert answer.body == b"n\r\n2001\r\n"
            assert pool.health()["alive"] == 1

    run(work())


def test_query_of_a_client_that_left_is_killed(folder: Path) -> None:
    """Cancelling the caller kills the worker at once, and nobody else's."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1)) as pool:
            before = children()
            task = asyncio.create_task(pool.ask(SLOW, CSV))
            await until(lambda: pool.health()["running"])
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

            await until(lambda: not before & children())
            assert (await pool.ask(COUNT, CSV)).body == b"n\r\n2001\r\n"

    run(work())


def test_slow_queries_never_keep_fast_ones_waiting(folder: Path) -> None:
    """While runaways fill the long lane and its line, a small query is prompt."""
    limits = QueryLimits(workers=1, long_workers=1, short=0.2, deadline=20)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            runaways = [asyncio.create_task(caught(pool.ask(SLOW, CSV)))]
            await until(lambda: pool.health()["long"] == {"running": 1, "waiting": 0})
            runaways.append(asyncio.create_task(caught(pool.ask(SLOW, CSV))))
            await until(lambda: pool.health()["long"] == {"running": 1, "waiting": 1})
            start = time.monotonic()
            answer = await pool.ask(COUNT, CSV)
            elapsed = time.monotonic() - start

            assert answer.body == b"n\r\n2001\r\n"
            assert elapsed < 5
            for runaway in runaways:
                runaway.cancel()
            await asyncio.gather(*runaways, return_exceptions=True)

    run(work())


def test_query_moved_to_the_long_lane_keeps_its_worker(folder: Path) -> None:
    """It goes on where it was, at lower priority, and a fresh worker takes over."""
    limits = QueryLimits(workers=1, short=0.1, deadline=20)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            (first,) = children()
            slow = asyncio.create_task(caught(pool.ask(SLOW, CSV)))
            await until(lambda: len(children()) == 2 and pool.health()["alive"] == 1)
            nice = os.getpriority(os.PRIO_PROCESS, first)
            slow.cancel()
            await asyncio.gather(slow, return_exceptions=True)

            assert nice == 10
            await until(lambda: first not in children())

    run(work())


def test_starved_query_stays_in_the_short_lane(folder: Path) -> None:
    """A query is slow by the processor time it took, not by the clock."""
    limits = QueryLimits(workers=1, short=0.2, deadline=20)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            (worker,) = children()
            os.kill(worker, signal.SIGSTOP)
            start = time.monotonic()
            asked = asyncio.create_task(pool.ask(COUNT, CSV))
            await until(lambda: time.monotonic() - start > 2 * limits.short)
            lanes = pool.health()
            os.kill(worker, signal.SIGCONT)
            answer = await asked

            assert (lanes["running"], lanes["long"]) == (1, EMPTY)
            assert answer.body == b"n\r\n2001\r\n"
            assert children() == {worker}

    run(work())


def test_query_that_gets_no_processor_at_all_leaves_the_short_lane(
    folder: Path,
) -> None:
    """It would keep those behind it waiting."""
    limits = QueryLimits(workers=1, short=0.05, deadline=20)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            (worker,) = children()
            os.kill(worker, signal.SIGSTOP)
            asked = asyncio.create_task(pool.ask(COUNT, CSV))
            await until(lambda: pool.health()["long"] == {"running": 1, "waiting": 0})
            os.kill(worker, signal.SIGCONT)

            assert (await asked).body == b"n\r\n2001\r\n"

    run(work())


def test_query_stopped_in_the_short_lane_starts_again(folder: Path) -> None:
    """A query for which the long lane had no place is answered when it has one."""
    slow = Query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }")
    limits = QueryLimits(workers=1, short=0.05, deadline=40)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            first = asyncio.create_task(caught(pool.ask(SLOW, CSV)))
            await until(lambda: pool.health()["long"] == {"running": 1, "waiting": 0})
            second = asyncio.create_task(pool.ask(slow, CSV))
            await until(lambda: pool.health()["long"] == {"running": 1, "waiting": 1})
            first.cancel()
            answer = await second

            assert answer.body == b"n\r\n4004001\r\n"
            await asyncio.gather(first, return_exceptions=True)

    run(work())


def test_there_are_never_more_workers_than_published(folder: Path) -> None:
    """However many runaways come, the processes stay within their number."""
    limits = QueryLimits(workers=2, long_workers=1, short=0.05, deadline=1)

    async def work() -> None:
        seen: list[int] = []
        async with QueryPool(folder, BASE, limits) as pool:
            tasks = [asyncio.create_task(caught(pool.ask(SLOW, CSV))) for _ in range(8)]
            while not all(task.done() for task in tasks):
                seen.append(len(children()))
                await asyncio.sleep(0.01)

        assert max(seen) <= limits.processes - 1  # nothing was in the background

    assert not children()
    run(work())


def test_worker_of_a_client_that_left_is_gone_within_a_quarter_second(
    folder: Path,
) -> None:
    """The process and its memory are back in 250 ms, even of a glutton."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1, short=30)) as pool:
            (pid,) = children()
            task = asyncio.create_task(pool.ask(RUNAWAY, CSV))
            status = Path(f"/proc/{pid}/statm")
            page = os.sysconf("SC_PAGESIZE")
            await until(lambda: int(status.read_text().split()[1]) * page > 300 << 20)
            start = time.monotonic()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await until(lambda: pid not in children())
            elapsed = time.monotonic() - start

            assert elapsed < 0.25

    run(work())


def test_large_answers_wait_on_disk(folder: Path) -> None:
    """An answer too large for memory is in a file, whole, and frees its worker."""
    numbers = " ".join(map(str, range(300)))
    query = Query(
        f"SELECT * {{ VALUES ?a {{ {numbers} }} VALUES ?b {{ {numbers} }} "
        "VALUES ?c { 1 2 } }"
    )

    async def work() -> None:
        limits = QueryLimits(workers=1, spool_bytes=3 * 1024**2)
        async with QueryPool(folder, BASE, limits) as pool:
            answer = await pool.ask(query, CSV)
            assert answer.file
            small = await pool.ask(COUNT, CSV)
            refused = await caught(pool.ask(query, CSV))
            held = pool.health()["spooled"]
            body = answer.file.read()
            answer.file.close()

            assert (small.size, answer.body, answer.size) == (9, b"", len(body))
            assert body.count(b"\r\n") == 180_001
            assert refused.extra == {"reason": "spool"}
            assert (held, pool.health()["spooled"]) == (len(body), 0)
            # The worker that had the second answer in its hands was replaced.
            assert (await pool.ask(COUNT, CSV)).sequence == 20

    run(work())


def test_equal_queries_are_run_once_a_snapshot(tmp_path: Path) -> None:
    """An answer is given again until something is published; errors never are."""

    async def work(writer: OxigraphWriter) -> None:
        limits = QueryLimits(workers=1, rows=1000)
        async with QueryPool(tmp_path, BASE, limits) as pool:
            first = await pool.ask(COUNT, CSV)
            again = await pool.ask(Query(COUNT.text + "\n"), CSV)
            other = await pool.ask(COUNT, "text/tab-separated-values")
            writer.replace([graph(2, 1)], 2)
            writer.publish()
            fresh = await pool.ask(COUNT, CSV)
            broken = Query("SELECT * { ?s ?p")
            await caught(pool.ask(broken, CSV))
            await caught(pool.ask(broken, CSV))

            assert (first, again) == (Answer(b"n\r\n2\r\n", 1),) * 2
            assert other.body == b"?n\n2\n"
            assert fresh == Answer(b"n\r\n3\r\n", 2)
            reused = pool.health()["reused"]
            assert reused == {"kept": 1, "bytes": 78, "hits": 1, "misses": 5}

    with OxigraphWriter(tmp_path, BASE) as writer:
        writer.replace([graph(1, 1)], 1)
        writer.publish()
        run(work(writer))


def test_background_work_has_a_lane_of_its_own(folder: Path, tmp_path: Path) -> None:
    """It runs past the deadline of others, at the lowest priority, up to its own."""
    limits = QueryLimits(workers=1, short=0.1, deadline=0.2, background=2)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            before = children()
            slow = asyncio.create_task(caught(pool.work(SLOW, CSV, tmp_path / "one")))
            await until(lambda: children() - before)
            (pid,) = children() - before
            await until(lambda: os.getpriority(os.PRIO_PROCESS, pid) == 19)
            answer = await pool.ask(COUNT, CSV)
            error = await slow
            done = await pool.work(COUNT, CSV, tmp_path / "two")

            assert answer == done
            assert error.extra == {"rule": "deadline", "limit": 2}

    run(work())


def test_background_work_keeps_its_snapshot(tmp_path: Path) -> None:
    """What it asks is there to its end, whatever is published and removed."""

    async def work(writer: OxigraphWriter) -> None:
        async with QueryPool(tmp_path, BASE, QueryLimits(workers=1)) as pool:
            first = pool.current()
            pinned = tmp_path / "pinned"
            before = await pool.work(COUNT, CSV, pinned)
            for number in (2, 3):
                writer.replace([graph(number, 1)], number)
                writer.publish()
            kept = len(pyoxigraph.Store.read_only(str(pinned)))

            assert not first.path.exists()
            assert (before.sequence, kept) == (1, 2)

    with OxigraphWriter(tmp_path, BASE, kept=1, grace=0) as writer:
        writer.replace([graph(1, 1)], 1)
        writer.publish()
        run(work(writer))


def test_queue_is_bounded(folder: Path) -> None:
    """With every worker busy and the queue full, a query is refused at once."""
    limits = QueryLimits(workers=1, waiting=1, deadline=2)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            running = asyncio.create_task(caught(pool.ask(SLOW, CSV)))
            await until(lambda: pool.health()["running"])
            waiting = asyncio.create_task(pool.ask(COUNT, CSV))
            await until(lambda: pool.health()["waiting"])
            refused = await caught(pool.ask(COUNT, CSV))
            waiting.cancel()
            late = await running

            assert isinstance(refused, EngineUnavailable)
            assert refused.extra == {"reason": "busy", "limit": 1, "retryAfter": 1}
            assert isinstance(late, QueryTimeout)

    run(work())


def test_waiting_has_an_end(folder: Path) -> None:
    """Who has waited for a worker as long as a query may run is sent away."""
    limits = QueryLimits(workers=1, waiting=8, deadline=0.5)

    async def work() -> None:
        async with QueryPool(folder, BASE, limits) as pool:
            errors = await asyncio.gather(
                *(caught(pool.ask(SLOW, CSV)) for _ in range(5))
            )

            kinds = [type(error) for error in errors]
            assert set(kinds) == {QueryTimeout, EngineUnavailable}
            assert pool.health()["waiting"] == 0

    run(work())


def test_queries_are_served_in_turn(folder: Path) -> None:
    """Many more queries than workers are all answered."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=2)) as pool:
            answers = await asyncio.gather(
                *(pool.ask(Query(f"SELECT ({n} AS ?n) {{}}"), CSV) for n in range(60))
            )

            bodies = [answer.body.decode() for answer in answers]
            assert bodies == [f"n\r\n{n}\r\n" for n in range(60)]

    run(work())


def test_no_query_fails_while_snapshots_rotate(tmp_path: Path) -> None:
    """Answers go on, and only ever forward, while snapshots come and go."""
    limits = QueryLimits(workers=2, reuse_bytes=0)

    async def work(writer: OxigraphWriter) -> None:
        sequences: list[int] = []
        done = asyncio.Event()

        async def ask() -> None:
            while not done.is_set():
                answer = await pool.ask(COUNT, CSV)
                # Each sequence number came with one more graph of one quad.
                assert answer.body == f"n\r\n{answer.sequence + 1}\r\n".encode()
                sequences.append(answer.sequence)

        async with QueryPool(tmp_path, BASE, limits) as pool:
            asking = asyncio.gather(ask(), ask(), ask())
            for number in range(2, 40):
                writer.replace([graph(number, 1)], number)
                writer.publish()
                await asyncio.sleep(0)
                await until(lambda n=number: n in sequences[-3:])
            done.set()
            await asking

        assert sequences[-1] == 39

    with OxigraphWriter(tmp_path, BASE, kept=1, grace=0) as writer:
        writer.replace([graph(1, 1)], 1)
        writer.publish()
        run(work(writer))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that nobody should call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def test_no_socket_behind_the_gate(folder: Path, listener: socket.socket) -> None:
    """Even a SERVICE that got past the gate reaches nobody."""
    port = listener.getsockname()[1]
    query = Query(f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=1)) as pool:
            if pool.health()["sandbox"] == "limits":
                pytest.skip("this system confines no network")
            error = await caught(pool.ask(query, CSV))

            assert isinstance(error, EngineUnavailable)
            assert error.extra == {"reason": "failed"}

    run(work())
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_is_killed_while_all_start_is_replaced(
    folder: Path, workers: int
) -> None:
    """The pool starts all the same and answers, even if it was the only one."""

    async def work() -> None:
        pool = QueryPool(folder, BASE, QueryLimits(workers=workers))
        others = children()
        starting = asyncio.create_task(pool.start())
        await until(lambda: children() - others or starting.done())
        os.kill(min(children() - others), signal.SIGKILL)
        await starting
        alive = pool.health()["alive"]
        answers = await asyncio.gather(*(pool.ask(COUNT, CSV) for _ in range(4)))
        await pool.close()

        assert alive == workers - 1
        assert {answer.body for answer in answers} == {b"n\r\n2001\r\n"}

    run(work())


def test_closing_ends_everything(folder: Path) -> None:
    """Closing ends running and waiting queries and leaves no process behind."""

    async def work() -> None:
        pool = QueryPool(folder, BASE, QueryLimits(workers=1))
        await pool.start()
        tasks = [asyncio.create_task(caught(pool.ask(SLOW, CSV))) for _ in range(3)]
        await until(lambda: pool.health()["waiting"] == 2)
        await pool.close()
        errors = await asyncio.gather(*tasks)
        late = await caught(pool.ask(COUNT, CSV))

        assert {type(error) for error in errors} == {EngineUnavailable}
        assert late.extra == {"reason": "closing"}

    before = children()
    run(work())

    assert children() == before


def test_health_tells_how_the_pool_is(folder: Path) -> None:
    """Health has the workers, how they are confined, and the snapshot."""

    async def work() -> None:
        async with QueryPool(folder, BASE, QueryLimits(workers=2)) as pool:
            health = pool.health()

            assert health.pop("sandbox") in {"seccomp", "namespace", "limits"}
            assert health == {
                "engine": "embedded",
                "away": None,
                "workers": 2,
                "alive": 2,
                "running": 0,
                "waiting": 0,
                "long": {"running": 0, "waiting": 0},
                "background": {"running": 0},
                "spooled": 0,
                "stopped": {"moved": 0, "deadline": 0, "memory": 0, "died": 0},
                "reused": {"kept": 0, "bytes": 0, "hits": 0, "misses": 0},
                "sequence": 20,
            }

    run(work())
