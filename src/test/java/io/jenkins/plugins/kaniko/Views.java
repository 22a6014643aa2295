package io.jenkins.plugins.kaniko;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.jelly.JellyContext;
import org.apache.commons.jelly.JellyException;
import org.apache.commons.jelly.JellyTagException;
import org.apache.commons.jelly.Script;
import org.apache.commons.jelly.TagLibrary;
import org.apache.commons.jelly.TagSupport;
import org.apache.commons.jelly.XMLOutput;
import org.apache.commons.jelly.impl.TagScript;
import org.apache.commons.jelly.parser.XMLParser;
import org.apache.commons.jelly.tags.core.CoreTagLibrary;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;

/**
 * Renders views with the Jelly that Jenkins uses. Jenkins's own tags are not there: each becomes an
 * element {@code <f-textbox>} with its attributes, and those that include views do so.
 */
final class Views {
  private static final Path ROOT = Path.of("src/main/resources/io/jenkins/plugins/kaniko");

  /** A tag of Jenkins's, as a view used it. */
  record Use(String name, Map<String, Object> attributes) {}

  private final List<Use> uses = new ArrayList<>();

  List<Use> uses() {
    return uses;
  }

  /** Renders {@code KanikoRunAction/index.jelly}, for example. */
  String render(String view, Map<String, Object> variables) throws Exception {
    JellyContext context = new JellyContext();
    context.setClassLoader(Views.class.getClassLoader());
    variables.forEach(context::setVariable);
    StringWriter text = new StringWriter();
    // Unescaped, as Stapler writes: what is escaped is so by the view.
    XMLOutput output = XMLOutput.createXMLOutput(text, false);
    include(view, context, output);
    output.flush();
    return text.toString();
  }

  private void include(String view, JellyContext context, XMLOutput output)
      throws JellyTagException {
    try {
      // Texts to translate are looked up by Stapler; here they stand for themselves.
      String source = Files.readString(ROOT.resolve(view)).replaceAll("\\$\\{%([^}]*)}", "$1");
      JellyContext libraries = new JellyContext(context);
      libraries.registerTagLibrary("jelly:core", new CoreTagLibrary());
      Map.of(
              "jelly:stapler", "st",
              "/lib/form", "f",
              "/lib/credentials", "c",
              "/lib/layout", "l",
              "/lib/hudson", "t")
          .forEach((uri, prefix) -> libraries.registerTagLibrary(uri, new Library(prefix)));
      XMLParser parser = new XMLParser();
      parser.setContext(libraries);
      Script script = parser.parse(new InputSource(new StringReader(source)));
      script.compile().run(context, output);
    } catch (IOException | SAXException | JellyException e) {
      throw new JellyTagException("in " + view, e);
    }
  }

  private final class Library extends TagLibrary {
    private final String prefix;

    Library(String prefix) {
      this.prefix = prefix;
    }

    @Override
    public TagScript createTagScript(String name, Attributes attributes) {
      return new TagScript((tagName, given) -> new Element(prefix, name));
    }
  }

  /** One of Jenkins's tags. */
  private final class Element extends TagSupport implements org.apache.commons.jelly.DynaTag {
    private final String prefix;
    private final String name;
    private final Map<String, Object> attributes = new TreeMap<>();

    Element(String prefix, String name) {
      this.prefix = prefix;
      this.name = name;
    }

    @Override
    public void setAttribute(String attribute, Object value) {
      if (value != null) {
        attributes.put(attribute, value);
      }
    }

    @Override
    public Class<?> getAttributeType(String attribute) {
      return Object.class;
    }

    @Override
    public void doTag(XMLOutput output) throws JellyTagException {
      String tag = prefix + ":" + name;
      uses.add(new Use(tag, attributes));
      try {
        AttributesImpl written = new AttributesImpl();
        attributes.forEach(
            (key, value) -> written.addAttribute("", key, key, "CDATA", value.toString()));
        output.startElement("", prefix + "-" + name, prefix + "-" + name, written);
        switch (tag) {
          case "st:include" -> include(output);
          case "f:property" -> property(output);
          case "f:repeatableProperty" -> rows(output);
          default -> invokeBody(output);
        }
        output.endElement("", prefix + "-" + name, prefix + "-" + name);
      } catch (SAXException e) {
        throw new JellyTagException(e);
      }
    }

    private void include(XMLOutput output) throws JellyTagException {
      if ("sidepanel.jelly".equals(attributes.get("page"))) {
        return; // The run's own.
      }
      // The page of a form is the descriptor's to name, which the stand-ins do not.
      boolean form = attributes.get("from") instanceof KanikoBuildSpecDescriptor;
      Views.this.include(
          form ? "KanikoBuildSpec/config.jelly" : "KanikoRunAction/" + attributes.get("page"),
          context,
          output);
    }

    private void property(XMLOutput output) throws JellyTagException {
      JellyContext inner = new JellyContext(context);
      KanikoBuilder builder = (KanikoBuilder) context.getVariable("instance");
      inner.setVariable("instance", builder == null ? null : builder.getSpec());
      inner.setVariable("descriptor", new KanikoBuildSpec.DescriptorImpl());
      Views.this.include("KanikoBuildSpec/config.jelly", inner, output);
    }

    private void rows(XMLOutput output) throws JellyTagException {
      Object instance = context.getVariable("instance");
      List<?> rows = List.of();
      if (instance instanceof KanikoBuildSpec spec) {
        rows =
            attributes.get("field").equals("secrets") ? spec.getSecrets() : spec.getCredentials();
      } else if (instance instanceof KanikoGlobalConfiguration configuration) {
        rows = configuration.getCredentials();
      }
      for (Object row : rows) {
        JellyContext inner = new JellyContext(context);
        inner.setVariable("instance", row);
        Views.this.include(row.getClass().getSimpleName() + "/config.jelly", inner, output);
        invokeBody(output);
      }
    }
  }
}
