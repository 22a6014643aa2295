package io.jenkins.plugins.kaniko.executor.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.jenkins.plugins.kaniko.executor.build.BuildEvent;
import io.jenkins.plugins.kaniko.executor.build.BuildResult;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Records as JSON objects: a field per component, in order. A {@link Duration} {@code x} becomes
 * the number {@code xMillis}, an {@link Instant} its ISO-8601 text, an enum its name in lower case;
 * an empty {@link Optional} is left out. The text is ASCII, whatever the strings hold.
 */
final class RecordJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final ClassValue<RecordComponent[]> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
          return type.getRecordComponents();
        }
      };

  private RecordJson() {}

  /** One line, without its end. */
  static String event(BuildEvent event) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("event", eventName(event.getClass()));
          fields(json, (Record) event);
          json.writeEndObject();
        });
  }

  /** An image of the file that Cloud Build reads, in one line without its end. */
  static String image(String name, String digest) {
    return write(
        json -> {
          json.writeStartObject();
          json.writeStringField("name", name);
          json.writeStringField("digest", digest);
          json.writeEndObject();
        });
  }

  static String eventName(Class<?> type) {
    String name = type.getSimpleName();
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  /** One line with its end. */
  static String document(Record value) {
    return write(json -> value(json, value)) + "\n";
  }

  /** The content of the metadata file. */
  static String result(BuildResult result) {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    return write(
            json -> {
              json.setPrettyPrinter(printer);
              json.writeStartObject();
              json.writeNumberField("schemaVersion", BuildResult.SCHEMA_VERSION);
              fields(json, result);
              json.writeEndObject();
            })
        + "\n";
  }

  @FunctionalInterface
  private interface Body {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String write(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      body.writeTo(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // A StringWriter has none.
    }
    return text.toString();
  }

  private static void fields(JsonGenerator json, Record value) throws IOException {
    for (RecordComponent component : COMPONENTS.get(value.getClass())) {
      field(json, component.getName(), get(component, value));
    }
  }

  private static Object get(RecordComponent component, Record value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }

  private static void field(JsonGenerator json, String name, Object value) throws IOException {
    if (value instanceof Optional<?> optional) {
      if (optional.isPresent()) {
        field(json, name, optional.get());
      }
    } else if (value instanceof Duration duration) {
      json.writeNumberField(name + "Millis", duration.toMillis());
    } else {
      json.writeFieldName(name);
      value(json, value);
    }
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Enum<?> constant) {
      json.writeString(constant.name().toLowerCase(Locale.ROOT));
    } else if (value instanceof Record nested) {
      json.writeStartObject();
      fields(json, nested);
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        value(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof String || value instanceof Instant) {
      json.writeString(value.toString());
    } else {
      throw new IllegalArgumentException("no JSON for " + value);
    }
  }
}
