package io.jenkins.plugins.kaniko.executor.build;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.dockerfile.Outline;
import io.jenkins.plugins.kaniko.executor.dockerfile.SourceRange;
import io.jenkins.plugins.kaniko.executor.dockerfile.Warning;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The answers as JSON, with the fields of BuildKit's subrequests; what is empty is left out. */
final class CallJson implements CallFormat {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final byte[] text;

  CallJson(String name, String text) {
    this.name = name;
    this.text = text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String check(List<Warning> warnings, Optional<BuildException> error) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("warnings");
    for (Warning warning : warnings) {
      ObjectNode node = list.addObject().put("ruleName", warning.rule());
      node.put("description", warning.check().explanation()).put("detail", warning.message());
      location(node, warning.range().startLine(), warning.range().endLine());
    }
    ObjectNode source = root.putArray("sources").addObject().put("filename", name);
    source.put("language", "Dockerfile").put("data", text);
    error.ifPresent(
        e -> {
          ObjectNode node = root.putObject("buildError").put("message", e.getMessage());
          e.location()
              .ifPresent(
                  at ->
                      location(node, at.line(), at.line() + Math.max(1, at.snippet().size()) - 1));
        });
    return print(root);
  }

  @Override
  public String outline(Outline outline) {
    ObjectNode root = JSON.createObjectNode().put("name", outline.target().name());
    outline.target().description().ifPresent(words -> root.put("description", words));
    for (Outline.Argument arg : outline.args()) {
      ObjectNode node = root.withArray("args").addObject().put("name", arg.name());
      arg.description().ifPresent(words -> node.put("description", words));
      arg.value().filter(value -> !value.isEmpty()).ifPresent(value -> node.put("value", value));
      location(node, arg.range());
    }
    outline.secrets().forEach(one -> needed(root.withArray("secrets").addObject(), one));
    outline.ssh().forEach(one -> needed(root.withArray("ssh").addObject(), one));
    for (Outline.Cache cache : outline.caches()) {
      location(root.withArray("cache").addObject().put("ID", cache.id()), cache.range());
    }
    root.putArray("sources").add(text);
    return print(root);
  }

  private static void needed(ObjectNode node, Outline.Needed needed) {
    node.put("name", needed.id());
    if (needed.required()) {
      node.put("required", true);
    }
    location(node, needed.range());
  }

  @Override
  public String targets(List<Outline.Target> targets) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("targets");
    for (Outline.Target target : targets) {
      ObjectNode node = list.addObject();
      // A nameless stage is called by its index.
      if (!Character.isDigit(target.name().charAt(0))) {
        node.put("name", target.name());
      }
      if (target.isDefault()) {
        node.put("default", true);
      }
      target.description().ifPresent(words -> node.put("description", words));
      node.put("base", target.base());
      target.platform().ifPresent(platform -> node.put("platform", platform));
      location(node, target.range());
    }
    root.putArray("sources").add(text);
    return print(root);
  }

  private static void location(ObjectNode node, SourceRange range) {
    location(node, range.startLine(), range.endLine());
  }

  private static void location(ObjectNode node, int first, int last) {
    ObjectNode range = node.putObject("location").putArray("ranges").addObject();
    range.putObject("start").put("line", first);
    range.putObject("end").put("line", last);
  }

  private static String print(ObjectNode root) {
    return root.toPrettyString() + "\n";
  }
}
