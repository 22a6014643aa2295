package io.jenkins.plugins.kaniko.executor.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * One line of an image's history: the instruction, and whether it made a layer. Unknown fields are
 * kept.
 */
public final class History {
  private final ObjectNode json;

  private History(ObjectNode json) {
    this.json = json;
  }

  public static History of(
      Instant created, String createdBy, Optional<String> comment, boolean emptyLayer) {
    ObjectNode json = Json.object();
    json.put("created", created.toString()).put("created_by", createdBy);
    comment.ifPresent(text -> json.put("comment", text));
    if (emptyLayer) {
      json.put("empty_layer", true);
    }
    return new History(json);
  }

  /** The same with another time. */
  public History at(Instant created) {
    return new History(json.deepCopy().put("created", created.toString()));
  }

  static History fromJson(JsonNode json) {
    return new History(json instanceof ObjectNode object ? object.deepCopy() : Json.object());
  }

  public Optional<Instant> created() {
    return ImageConfig.instant(json, "created");
  }

  /** The instruction that made this step; empty if nobody wrote it down. */
  public String createdBy() {
    return Json.text(json, "created_by").orElse("");
  }

  public Optional<String> comment() {
    return Json.text(json, "comment");
  }

  /** Whether this step changed only metadata and so has no layer. */
  public boolean emptyLayer() {
    return json.path("empty_layer").asBoolean();
  }

  /** The same step, with its files in the layer of another. */
  public History withoutLayer() {
    ObjectNode copy = json.deepCopy();
    copy.put("empty_layer", true);
    return new History(copy);
  }

  /** A copy of the JSON. */
  public ObjectNode toJson() {
    return json.deepCopy();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof History that && json.equals(that.json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return createdBy();
  }
}
