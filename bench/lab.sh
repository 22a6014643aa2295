# shellcheck shell=bash
# Sourced by the scripts beside it: where the laboratory lies, and the registry's address (the workloads' Dockerfiles name it).
IMAGE_LAB=${IMAGE_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/image-lab}
REGISTRY=127.0.0.1:5000
export IMAGE_LAB REGISTRY
mkdir -p "$IMAGE_LAB/rootfs" "$IMAGE_LAB/tmp"
# An empty file of credentials keeps the machine's own out of the measurement.
export REGISTRY_AUTH_FILE=$IMAGE_LAB/auth.json
[ -f "$REGISTRY_AUTH_FILE" ] || echo '{}' > "$REGISTRY_AUTH_FILE"
