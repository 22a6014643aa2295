package io.jenkins.plugins.kaniko.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what the executor wrote of its result. */
final class ResultReader {
  private final Masker masker;
  private final List<AgentResult.Warning> warnings;

  ResultReader(Masker masker, List<AgentResult.Warning> warnings) {
    this.masker = masker;
    this.warnings = warnings;
  }

  /** The metadata file ({@code docs/events.md}). */
  AgentResult metadata(Path file) throws IOException {
    Map<String, Object> json;
    try {
      json = Json.parseObject(Files.readString(file));
    } catch (Json.MalformedException e) {
      throw unreadable(file, "it is not valid JSON: " + e.getMessage());
    } catch (IOException e) {
      throw unreadable(file, Failures.reason(e));
    }
    if (Json.number(json.get("schemaVersion")) != 1) {
      throw unreadable(file, "its schemaVersion is not 1");
    }
    List<AgentResult.Layer> layers = new ArrayList<>();
    for (Object element : Json.list(json.get("layers"))) {
      Map<String, Object> layer = Json.object(element);
      layers.add(
          new AgentResult.Layer(
              Json.string(layer.get("digest")),
              Json.string(layer.get("diffId")),
              Json.number(layer.get("size")),
              masker.mask(Json.string(layer.get("createdBy")))));
    }
    List<AgentResult.Step> steps = new ArrayList<>();
    for (Object element : Json.list(json.get("steps"))) {
      Map<String, Object> step = Json.object(element);
      steps.add(
          new AgentResult.Step(
              Json.string(step.get("stage")),
              (int) Json.number(step.get("number")),
              masker.mask(Json.string(step.get("text"))),
              Json.number(step.get("durationMillis")),
              Boolean.TRUE.equals(step.get("cached")),
              EventRelay.fileCount(step.get("files")),
              Json.number(step.get("bytes"))));
    }
    return new AgentResult(
        Json.string(json.get("digest")),
        Json.string(json.get("imageId")),
        strings(json.get("destinations")),
        strings(json.get("tags")),
        Boolean.TRUE.equals(json.get("pushed")),
        Json.number(json.get("size")),
        layers,
        steps,
        (int) Json.number(json.get("cacheHits")),
        warnings,
        Json.number(json.get("durationMillis")));
  }

  /**
   * What kaniko leaves.
   *
   * @param digest its {@code --digest-file}
   * @param names its {@code --image-name-tag-with-digest-file}
   */
  AgentResult kaniko(Path digest, Path names, boolean pushed, long millis) throws IOException {
    List<String> references = lines(names);
    Set<String> tags = new LinkedHashSet<>();
    for (String reference : references) {
      String name = reference.replaceFirst("@.*", "");
      int colon = name.lastIndexOf(':');
      if (colon > name.lastIndexOf('/')) {
        tags.add(name.substring(colon + 1));
      }
    }
    return new AgentResult(
        String.join("", lines(digest)),
        "",
        references,
        List.copyOf(tags),
        pushed,
        0,
        List.of(),
        List.of(),
        0,
        warnings,
        millis);
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(s -> !s.isEmpty())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of(); // Without a push kaniko has no names to write.
    } catch (IOException e) {
      throw unreadable(file, Failures.reason(e));
    }
  }

  private static List<String> strings(Object list) {
    return Json.list(list).stream().map(Json::string).toList();
  }

  private static IOException unreadable(Path file, String reason) {
    return Failures.failure(
        "read the result of the build in " + file, reason, "see the log above, and report this");
  }
}
