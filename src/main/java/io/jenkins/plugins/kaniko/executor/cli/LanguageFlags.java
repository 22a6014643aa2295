package io.jenkins.plugins.kaniko.executor.cli;

import io.jenkins.plugins.kaniko.executor.build.Call;
import io.jenkins.plugins.kaniko.executor.build.Entitlement;
import io.jenkins.plugins.kaniko.executor.build.NoCache;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads the flags about the Dockerfile as a whole, as docker buildx spells them. */
final class LanguageFlags {
  private LanguageFlags() {}

  /** {@code --call METHOD[,format=text|json]}; {@code build} is no question. */
  static Optional<Call> call(Optional<String> given) throws UsageException {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    String[] fields = given.get().split(",", -1);
    boolean json = false;
    for (int i = 1; i < fields.length; i++) {
      switch (fields[i]) {
        case "format=json" -> json = true;
        case "format=text" -> json = false;
        default ->
            throw new UsageException(
                "tried to read flag --call, but %s is neither format=text nor format=json"
                    .formatted(Printable.line(fields[i])));
      }
    }
    String method = fields[0].toLowerCase(Locale.ROOT);
    return switch (method) {
      case "build" -> Optional.empty();
      case "check", "lint" -> Optional.of(new Call(Call.Method.CHECK, json));
      case "outline" -> Optional.of(new Call(Call.Method.OUTLINE, json));
      case "targets" -> Optional.of(new Call(Call.Method.TARGETS, json));
      default ->
          throw new UsageException(
              "tried to read flag --call, but there is no method %s; use check, outline, targets or build"
                  .formatted(Printable.line(fields[0])));
    };
  }

  /** {@code --no-cache} and the values of {@code --no-cache-filter STAGE[,STAGE]}. */
  static NoCache noCache(boolean everything, List<String> filters) throws UsageException {
    List<String> stages = new ArrayList<>();
    for (String filter : filters) {
      for (String stage : filter.split(",", -1)) {
        if (stage.isBlank()) {
          throw new UsageException(
              "tried to read flag --no-cache-filter, but a name in it is empty; write"
                  + " --no-cache-filter STAGE,STAGE");
        }
        stages.add(stage.strip());
      }
    }
    return new NoCache(everything, stages);
  }

  /** The values of {@code --allow}. */
  static Set<Entitlement> allowed(List<String> values) throws UsageException {
    Set<Entitlement> allowed = EnumSet.noneOf(Entitlement.class);
    for (String value : values) {
      for (String name : value.split(",", -1)) {
        allowed.add(
            Entitlement.named(name)
                .orElseThrow(
                    () ->
                        new UsageException(
                            "tried to read flag --allow, but %s is none of %s"
                                .formatted(
                                    Printable.line(name),
                                    String.join(", ", Entitlement.names())))));
      }
    }
    return allowed;
  }
}
