package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.when;

import hudson.model.Run;
import hudson.tasks.Fingerprinter.FingerprintAction;
import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.MockedStatic;

/** Every page and form, rendered from objects that hold hostile texts. */
class ViewsTest {
  private static final Path ROOT = Path.of("src/main/resources/io/jenkins/plugins/kaniko");
  private static final String EVIL = "<script>alert('&')</script>";
  private static final Pattern EXPRESSION = Pattern.compile("\\$\\{([^%}][^}]*)}");
  private static final Pattern PATH = Pattern.compile("[a-zA-Z]\\w*(?:\\.[a-zA-Z]\\w*)*(\\()?");

  /** What Jenkins's own tags take, of those that the views use. */
  private static final Map<String, Set<String>> TAGS =
      Map.ofEntries(
          Map.entry("c:select", Set.of()),
          Map.entry("f:advanced", Set.of("title")),
          Map.entry("f:block", Set.of()),
          Map.entry("f:checkbox", Set.of("title", "checked", "default")),
          Map.entry("f:entry", Set.of("title", "field")),
          Map.entry("f:property", Set.of("field")),
          Map.entry("f:repeatableDeleteButton", Set.of()),
          Map.entry("f:repeatableProperty", Set.of("field", "add", "minimum")),
          Map.entry("f:section", Set.of("title")),
          Map.entry("f:select", Set.of()),
          Map.entry("f:textarea", Set.of("value", "checkMethod")),
          Map.entry("f:textbox", Set.of("default", "checkMethod")),
          Map.entry("l:app-bar", Set.of("title")),
          Map.entry("l:copyButton", Set.of("text", "message")),
          Map.entry("l:header", Set.of()),
          Map.entry("l:layout", Set.of("title")),
          Map.entry("l:main-panel", Set.of()),
          Map.entry("st:include", Set.of("page", "from", "it", "optional")),
          Map.entry("t:summary", Set.of("icon")));

  /** The types of the variables that Jenkins and the views themselves set. */
  private static final Map<String, Map<String, Class<?>>> VARIABLES =
      Map.of(
          "KanikoRunAction/index.jelly",
          Map.of(
              "it", KanikoRunAction.class,
              "image", KanikoImage.class,
              "warning", ImageWarning.class,
              "step", ImageStep.class,
              "reference", String.class,
              "resURL", String.class),
          "KanikoRunAction/summary.jelly",
          Map.of("it", KanikoRunAction.class, "image", KanikoImage.class),
          "KanikoRunAction/chart.jelly",
          Map.of(
              "chart", Chart.class,
              "bar", Chart.Bar.class,
              "key", Chart.Key.class,
              "chartTitle", String.class),
          "KanikoProjectAction/jobMain.jelly",
          Map.of(
              "it", KanikoProjectAction.class,
              "image", KanikoImage.class,
              "rootURL", String.class),
          "KanikoBuildSpec/config.jelly",
          Map.of("descriptor", KanikoBuildSpecDescriptor.class, "instance", KanikoBuildSpec.class),
          "KanikoBuildStep/config.jelly",
          Map.of(
              "descriptor", KanikoBuildStep.DescriptorImpl.class,
              "instance", KanikoBuildStep.class),
          "KanikoGlobalConfiguration/config.jelly",
          Map.of(
              "descriptor", KanikoGlobalConfiguration.class,
              "instance", KanikoGlobalConfiguration.class));

  private final Views views = new Views();

  static List<Path> pages() throws IOException {
    try (var files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(".jelly"))
          .map(ROOT::relativize)
          .toList();
    }
  }

  @Test
  void thePageOfARunShowsAllOfAnImage() throws Exception {
    String page =
        views.render("KanikoRunAction/index.jelly", Map.of("it", run(), "resURL", "/res"));

    assertIsHarmless(page);
    assertThat(page)
        .contains("r.example/app:1@" + Results.DIGEST, "3.4 MB", "2 min 5 s", "Dockerfile:3:14")
        .contains("&lt;script&gt;alert(", "class=\"kaniko-bar kaniko-bar--cached\"")
        .contains("<text class=\"kaniko-label\"", "viewBox=\"0 0 1000")
        .contains("role=\"img\"", "<title>Time by stage</title>")
        .containsPattern("<text class=\"kaniko-key\" [^>]*>from the cache</text>");
    assertTagsAreKnown();
  }

  @Test
  void thePageLeavesOutWhatAKanikoDidNotTell() throws Exception {
    KanikoRunAction action =
        run(
            new AgentResult(
                "",
                "",
                List.of("r.example/app:1"),
                List.of("1"),
                true,
                0,
                List.of(),
                List.of(),
                0,
                List.of(),
                1));

    String page =
        views.render("KanikoRunAction/index.jelly", Map.of("it", action, "resURL", "/res"));

    assertThat(page)
        .contains("r.example/app:1")
        .doesNotContain("Digest", "Image id", "text=\"\"", "Size", "Layers by size")
        .doesNotContain("Steps from the cache", "Instructions");
  }

  @Test
  void theSummaryAndTheProjectPageNameTheImage() throws Exception {
    KanikoRunAction action = run();
    Run<?, ?> run = action.getRun();
    when(run.getAction(KanikoRunAction.class)).thenReturn(action);
    when(run.getUrl()).thenReturn("job/app/12/");

    String summary = views.render("KanikoRunAction/summary.jelly", Map.of("it", action));
    String project =
        views.render(
            "KanikoProjectAction/jobMain.jelly",
            Map.of("it", new KanikoProjectAction(run), "rootURL", "/jenkins"));

    assertIsHarmless(summary);
    assertIsHarmless(project);
    assertThat(summary).contains("href=\"kaniko\"", "r.example/app:1@", "3.4 MB, 2 min 5 s");
    assertThat(project).contains("href=\"/jenkins/job/app/12/kaniko\"", "r.example/app:1@");
    assertTagsAreKnown();
  }

  @Test
  void theFormsOfTheStepAndTheFreestyleBuildStepAreTheSame() throws Exception {
    KanikoBuildSpec spec = new KanikoBuildSpec();
    spec.setDestinations(List.of(EVIL, "second"));
    spec.setBuildArgs(List.of("A=" + EVIL));
    spec.setPush(false);
    spec.setCredentials(List.of(new RegistryCredential("r.example", "id")));
    spec.setSecrets(List.of(new BuildSecret("npm", "id")));
    KanikoBuildStep.DescriptorImpl step = mock(KanikoBuildStep.DescriptorImpl.class);
    when(step.getSpecDescriptor()).thenReturn(new KanikoBuildSpec.DescriptorImpl());

    String form =
        views.render(
            "KanikoBuildStep/config.jelly",
            Map.of("descriptor", step, "instance", new KanikoBuildStep(spec)));
    String freestyle =
        views.render("KanikoBuilder/config.jelly", Map.of("instance", new KanikoBuilder(spec)));

    assertIsHarmless(form);
    assertThat(inner(form)).isEqualTo(inner(freestyle));
    assertThat(form)
        .contains("<f-checkbox checked=\"false\" title=\"Push the image\"", "second\"")
        .contains("<f-entry field=\"registry\"", "<f-entry field=\"id\"");
    assertTagsAreKnown();
  }

  @Test
  void aNewStepHasAnEmptyForm() throws Exception {
    KanikoBuildStep.DescriptorImpl step = mock(KanikoBuildStep.DescriptorImpl.class);
    when(step.getSpecDescriptor()).thenReturn(new KanikoBuildSpec.DescriptorImpl());

    assertThat(views.render("KanikoBuildStep/config.jelly", Map.of("descriptor", step)))
        .contains("<f-checkbox checked=\"true\" title=\"Push the image\"")
        .contains("<f-textarea checkMethod=\"post\" value=\"\"")
        .doesNotContain("[]", "null");
  }

  @Test
  void theGlobalFormShowsItsRows() throws Exception {
    KanikoGlobalConfiguration configuration = mock(KanikoGlobalConfiguration.class);
    when(configuration.getDisplayName()).thenReturn("Kaniko builds");
    when(configuration.getCredentials())
        .thenReturn(List.of(new RegistryCredential("r.example", "id")));
    when(configuration.getRegistryMirrors()).thenReturn(List.of(EVIL));
    when(configuration.lines(List.of(EVIL))).thenReturn(EVIL);

    String form =
        views.render(
            "KanikoGlobalConfiguration/config.jelly",
            Map.of("descriptor", configuration, "instance", configuration));

    assertIsHarmless(form);
    assertThat(form)
        .contains("<f-section title=\"Kaniko builds\"", "<f-entry field=\"credentialsId\"");
    assertTagsAreKnown();
  }

  /** Jelly says nothing of a property that is not there: it shows nothing. */
  @ParameterizedTest
  @MethodSource("pages")
  void everyExpressionOfAPageHasAProperty(Path page) throws IOException {
    Map<String, Class<?>> types = new HashMap<>();
    types.putAll(VARIABLES.getOrDefault(page.toString(), Map.of()));
    for (MatchResult hit :
        EXPRESSION.matcher(Files.readString(ROOT.resolve(page))).results().toList()) {
      PATH.matcher(hit.group(1))
          .results()
          .map(MatchResult::group)
          .filter(path -> !Set.of("null", "or", "empty(").contains(path))
          .forEach(path -> assertResolves(page, path, types));
    }
  }

  private static void assertResolves(Path page, String path, Map<String, Class<?>> types) {
    String[] names = path.split("\\.", -1);
    Class<?> type = types.get(names[0]);
    assertThat(type).as("%s: variable %s", page, names[0]).isNotNull();
    for (int i = 1; i < names.length && type != null; i++) {
      type = propertyType(type, names[i]);
      assertThat(type).as("%s: %s of %s", page, names[i], path).isNotNull();
    }
  }

  private static Class<?> propertyType(Class<?> type, String name) {
    for (Method method : type.getMethods()) {
      String called = method.getName();
      if (name.endsWith("(")
          ? called.equals(name.substring(0, name.length() - 1))
          : method.getParameterCount() == 0
              && (called.equalsIgnoreCase("get" + name) || called.equalsIgnoreCase("is" + name))) {
        return method.getReturnType();
      }
    }
    // Of Jenkins's own, which the stand-ins leave out.
    return Set.of("configPage", "displayName", "url").contains(name) ? String.class : null;
  }

  private void assertTagsAreKnown() {
    assertThat(views.uses())
        .isNotEmpty()
        .allSatisfy(
            use ->
                assertThat(TAGS.get(use.name()))
                    .as(use.name())
                    .isNotNull()
                    .containsAll(use.attributes().keySet()));
  }

  /**
   * No text became an element, and nothing needs what Jenkins's content security policy forbids.
   */
  private static void assertIsHarmless(String page) {
    assertThat(page)
        .doesNotContain("<script", "</script", "<style", " style=", " onclick=", "javascript:");
  }

  private static String inner(String form) {
    return form.substring(form.indexOf("<f-section"), form.lastIndexOf("</f-advanced>"));
  }

  private static KanikoRunAction run() throws IOException {
    AgentResult plain = Results.result("r.example/app:1");
    AgentResult hostile =
        new AgentResult(
            EVIL,
            EVIL,
            List.of(EVIL),
            List.of(EVIL),
            true,
            1,
            List.of(new AgentResult.Layer(EVIL, EVIL, 1, EVIL)),
            List.of(new AgentResult.Step(EVIL, 1, EVIL, 1, false, 1, 1)),
            0,
            List.of(new AgentResult.Warning(EVIL, EVIL, EVIL, 1, 0)),
            1);
    return run(plain, hostile);
  }

  private static KanikoRunAction run(AgentResult... results) throws IOException {
    Run<?, ?> run = mock(Run.class);
    KanikoRunAction action = new KanikoRunAction();
    when(run.getAction(KanikoRunAction.class)).thenReturn(action);
    when(run.getAction(FingerprintAction.class)).thenReturn(mock(FingerprintAction.class));
    try (MockedStatic<Jenkins> jenkins = mockStatic(Jenkins.class)) {
      Jenkins instance = mock(Jenkins.class, org.mockito.Answers.RETURNS_DEEP_STUBS);
      jenkins.when(Jenkins::get).thenReturn(instance);
      for (AgentResult result : results) {
        KanikoRunAction.record(run, new KanikoImage(result));
      }
    }
    action.onAttached(run);
    return action;
  }
}
