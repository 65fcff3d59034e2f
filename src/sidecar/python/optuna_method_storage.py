"""The database behind a study: opening, locking, and what is wrong with it in words that the parent understands."""

import contextlib
import functools
import hashlib
import os
import re
import warnings

import optuna
import sqlalchemy
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from sqlalchemy.pool import NullPool

optuna.logging.set_verbosity(optuna.logging.ERROR)
optuna.logging.disable_default_handler()
# "Heartbeat is supposed to be used with Study.optimize": here the parent sends the heartbeats.
warnings.filterwarnings("ignore", module="optuna")

SQLITE = "sqlite:///"
STORAGES = {}


class Refusal(Exception):
    """An expected end of a call: the parent makes an error of its own of it."""

    def __init__(self, code, message, received):
        super().__init__(message)
        self.answer = {"refused": {"code": code, "message": message, "received": received}}


def without_password(text):
    return re.sub(r"(://[^:/@\s]*):\S*@", r"\1:***@", text)


def method(function):
    """Refusals and broken databases become answers: Python's own words for them name neither the database nor the cure."""

    @functools.wraps(function)
    def call(storage, **params):
        try:
            return function(storage, **params)
        except Refusal as refusal:
            return refusal.answer
        except (sqlalchemy.exc.OperationalError, optuna.exceptions.StorageInternalError) as error:
            STORAGES.pop(key_of(storage), None)
            cause = error.__cause__ if isinstance(error, optuna.exceptions.StorageInternalError) and error.__cause__ else error
            reason = str(getattr(cause, "orig", None) or cause).strip().splitlines()
            received = f"{without_password(storage['url'])}: {without_password(' '.join(reason)[:500])}"
            return Refusal("no-database", "The database of the study cannot be used.", received).answer

    return call


def key_of(storage):
    return tuple(sorted(storage.items()))


def driver_url(url):
    """SQLAlchemy finds its PostgreSQL driver by the name behind the plus."""
    return re.sub(r"^postgres(ql)?(\+psycopg2)?://", "postgresql+psycopg2://", url)


@contextlib.contextmanager
def locked(url, purpose):
    """One process of all that work on this database at a time. The lock of a process that dies is free."""
    if url.startswith(SQLITE):
        import fcntl

        path = url[len(SQLITE) :]
        if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
            raise Refusal("no-database", "The folder of the study's database is not there.", path)
        with open(path + ".lock", "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    key = int.from_bytes(hashlib.sha256(f"barlab {purpose}".encode()).digest()[:8], "big", signed=True)
    # A connection of its own, closed behind it: that frees the lock whatever happened.
    engine = sqlalchemy.create_engine(driver_url(url), poolclass=NullPool, connect_args={"connect_timeout": 10})
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("select pg_advisory_lock(:key)"), {"key": key})
        yield


def open_storage(storage):
    """The storage of this URL with its heartbeat settings, kept open between calls."""
    key = key_of(storage)
    if key not in STORAGES:
        url = storage["url"]
        connect = {"timeout": 60} if url.startswith(SQLITE) else {"connect_timeout": 10}
        # Two processes that make the tables of an empty database at once break each other.
        with locked(url, "tables"):
            backend = RDBStorage(
                driver_url(url),
                engine_kwargs={"pool_pre_ping": True, "connect_args": connect},
                heartbeat_interval=storage["heartbeat_seconds"],
                grace_period=storage["grace_seconds"],
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(max_retry=storage["max_retries"]),
            )
        STORAGES[key] = optuna.storages.get_storage(backend)
    return STORAGES[key]
