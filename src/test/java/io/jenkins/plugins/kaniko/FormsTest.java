package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.verb.POST;

/** The forms, pages and help texts as files: what no compiler checks. */
class FormsTest {
  private static final Path RESOURCES = Path.of("src/main/resources/io/jenkins/plugins/kaniko");
  private static final Pattern FIELD = Pattern.compile("<f:entry[^>]* field=\"(\\w+)\"");
  private static final Pattern KEY = Pattern.compile("\\bMessages\\.(\\w+)\\(");

  static List<Path> pages() throws IOException {
    return files(".jelly");
  }

  static List<Path> helpTexts() throws IOException {
    return files(".html");
  }

  private static List<Path> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aPageEscapesWhatItShows(Path page) throws IOException {
    String text = Files.readString(page);

    assertThat(text).startsWith("<?jelly escape-by-default='true'?>");
    assertThat(text)
        .doesNotContain("<script")
        .doesNotContain(" style=")
        .doesNotContain(" onclick=");
    assertThat(text.replace("<j:out value=\" \"/>", "")).doesNotContain("j:out");
  }

  @ParameterizedTest
  @MethodSource({"pages", "helpTexts"})
  void aFileIsWellFormed(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      assertThat(DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        KanikoBuildSpec.class,
        KanikoGlobalConfiguration.class,
        RegistryCredential.class,
        BuildSecret.class
      })
  void everyFieldHasHelpAndEveryHelpAField(Class<?> type) throws IOException {
    assertThat(help(type)).isEqualTo(fields(type));
  }

  @ParameterizedTest
  @ValueSource(classes = {KanikoBuildSpec.class, KanikoGlobalConfiguration.class})
  void everyParameterIsInTheForm(Class<?> type) throws IOException {
    Set<String> properties = new TreeSet<>();
    for (Method method : type.getMethods()) {
      if (method.isAnnotationPresent(DataBoundSetter.class)) {
        String name = method.getName().substring(3);
        properties.add(name.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + name.substring(1));
      }
    }

    assertThat(fields(type)).isEqualTo(properties);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        KanikoBuildSpecDescriptor.class,
        KanikoGlobalConfiguration.class,
        RegistryCredential.DescriptorImpl.class,
        BuildSecret.DescriptorImpl.class
      })
  void whatAnswersAFormTakesOnlyPosts(Class<?> type) {
    assertThat(
            Arrays.stream(type.getDeclaredMethods())
                .filter(
                    method ->
                        method.getReturnType() == FormValidation.class
                            || method.getReturnType() == ListBoxModel.class))
        .isNotEmpty()
        .allMatch(method -> method.isAnnotationPresent(POST.class));
  }

  @Test
  void everyMessageIsUsedAndEveryUsedOneIsThere() throws IOException {
    Properties messages = new Properties();
    try (InputStream in = Files.newInputStream(RESOURCES.resolve("Messages.properties"))) {
      messages.load(in);
    }
    Set<String> used = new TreeSet<>();
    try (Stream<Path> sources = Files.list(Path.of("src/main/java/io/jenkins/plugins/kaniko"))) {
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        KEY.matcher(Files.readString(source)).results().forEach(hit -> used.add(hit.group(1)));
      }
    }

    assertThat(messages.stringPropertyNames().stream().map(key -> key.replace('.', '_')))
        .containsExactlyInAnyOrderElementsOf(used);
  }

  private static Set<String> fields(Class<?> type) throws IOException {
    Matcher hits =
        FIELD.matcher(
            Files.readString(RESOURCES.resolve(type.getSimpleName()).resolve("config.jelly")));
    Set<String> names = new TreeSet<>();
    hits.results().forEach(hit -> names.add(hit.group(1)));
    return names;
  }

  private static Set<String> help(Class<?> type) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(RESOURCES.resolve(type.getSimpleName()))) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("help-"))
          .forEach(name -> names.add(name.replaceAll("^help-|\\.html$", "")));
    }
    return names;
  }
}
