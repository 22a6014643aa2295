package io.jenkins.plugins.kaniko.executor.registry;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request.
 *
 * @param action what it is for, as the rest of "tried to ..."
 * @param headers without authorization, which is added for the registry itself alone
 * @param sink where the body of a 2xx answer goes; nothing to have it in {@link Reply#body}
 * @param patience how long the other side may be silent
 */
record Call(
    String action,
    Endpoint endpoint,
    String method,
    URI uri,
    Map<String, String> headers,
    Optional<Upload> upload,
    Optional<BlobSink> sink,
    Duration patience) {

  Call withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Call(action, endpoint, method, uri, Map.copyOf(more), upload, sink, patience);
  }

  Call withoutHeader(String name) {
    Map<String, String> fewer = new LinkedHashMap<>(headers);
    fewer.remove(name);
    return new Call(action, endpoint, method, uri, Map.copyOf(fewer), upload, sink, patience);
  }

  Call withUri(URI other) {
    return new Call(action, endpoint, method, other, headers, upload, sink, patience);
  }

  Call withMethod(String other) {
    return new Call(action, endpoint, other, uri, headers, upload, sink, patience);
  }

  Call withUpload(Upload content) {
    return new Call(action, endpoint, method, uri, headers, Optional.of(content), sink, patience);
  }

  Call withSink(BlobSink target) {
    return new Call(action, endpoint, method, uri, headers, upload, Optional.of(target), patience);
  }
}
