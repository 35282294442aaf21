"""Pin another version of Neo4j: `python -m graph.pin VERSION` writes `distribution.lock` anew."""

import hashlib
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from jgo.maven import Artifact, MavenContext, PythonResolver
from jgo.util import http

from graph.distribution import LOCK, TIMEOUT_SECONDS, Jar

ROOTS = ("org.neo4j:neo4j", "org.neo4j.app:neo4j-server")


def pin(version: str) -> list[Jar]:
    """The jars of a version of Neo4j, each checked against the SHA-1 that its repository publishes."""
    with TemporaryDirectory() as folder:
        context = MavenContext(PythonResolver(), repo_cache=Path(folder))
        roots = [context.create_dependency(f"{root}:{version}") for root in ROOTS]
        found, needed = context.resolver.resolve(roots)
        return sorted((_jar(item.artifact) for item in (*found, *needed)), key=lambda jar: jar.coordinates)


def _jar(artifact: Artifact) -> Jar:
    content = artifact.resolve().read_bytes()
    parts = (artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier)
    jar = Jar(":".join(part for part in parts if part), len(content), hashlib.sha256(content).hexdigest())
    (repository,) = artifact.context.remote_repos.values()
    published = http.get(f"{repository}/{jar.address}.sha1", timeout=TIMEOUT_SECONDS)
    published.raise_for_status()
    if hashlib.sha1(content, usedforsecurity=False).hexdigest() != published.text.split()[0]:
        raise ValueError(f"{jar.file} is not what its repository says it is.")
    return jar


if __name__ == "__main__":
    lines = [f"{jar.coordinates} {jar.size} {jar.sha256}\n" for jar in pin(sys.argv[1])]
    LOCK.write_text("".join(lines), "utf-8")
