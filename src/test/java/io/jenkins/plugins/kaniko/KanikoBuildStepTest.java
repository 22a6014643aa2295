package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.Descriptor;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;

class KanikoBuildStepTest {
  private final KanikoBuildStep.DescriptorImpl descriptor = new KanikoBuildStep.DescriptorImpl();

  @Test
  void pipelinesCallItKanikoBuild() {
    assertThat(descriptor.getFunctionName()).isEqualTo("kanikoBuild");
    assertThat(descriptor.getDisplayName()).isEqualTo("Build a container image with Kaniko");
  }

  @Test
  void itAsksForAllThatItUses() {
    assertThat(descriptor.getRequiredContext().stream().map(Class::getSimpleName))
        .containsExactlyInAnyOrder("Run", "FilePath", "EnvVars", "TaskListener", "FlowNode");
  }

  @Test
  void itHasEveryParameterOfTheSpecificationAndTheShortForm() {
    Set<String> expected = setters(KanikoBuildSpec.class);
    expected.add("setDestination");

    assertThat(setters(KanikoBuildStep.class)).isEqualTo(expected);
  }

  @Test
  void aValueGoesThroughToTheSpecification() throws Exception {
    for (Method setter : KanikoBuildStep.class.getMethods()) {
      if (!setter.isAnnotationPresent(DataBoundSetter.class)) {
        continue;
      }
      KanikoBuildStep step = new KanikoBuildStep();
      Object value = value(setter.getParameterTypes()[0], setter.getName());
      setter.invoke(step, value);
      String property = setter.getName().substring(3);
      Method getter =
          Arrays.stream(KanikoBuildStep.class.getMethods())
              .filter(method -> method.getName().matches("(get|is)" + property))
              .findFirst()
              .orElseThrow();
      assertThat(getter.invoke(step)).as(property).isEqualTo(value);
    }
  }

  @Test
  void oneDestinationIsShortAndSeveralAreAList() {
    KanikoBuildStep step = new KanikoBuildStep();
    step.setDestination("r.example/a");

    assertThat(step.getDestination()).isEqualTo("r.example/a");
    assertThat(step.getDestinations()).isEmpty();

    step.setDestinations(List.of("r.example/b"));

    assertThat(step.getDestination()).isNull();
    assertThat(step.getDestinations()).containsExactly("r.example/a", "r.example/b");
  }

  /** The form fills it in, and the snippet generator would write it. */
  @Test
  void theContextThatGoesWithoutSayingIsNotKept() {
    KanikoBuildStep step = new KanikoBuildStep();
    step.setContext(" . ");

    assertThat(step.getContext()).isNull();
  }

  @Test
  void shortFormsAreUnderstoodAndWritten() {
    UninstantiatedDescribable description = mock(UninstantiatedDescribable.class);
    UninstantiatedDescribable shortened = mock(UninstantiatedDescribable.class);
    doReturn(Map.of("cache", true, "cacheRepo", "r/c")).when(description).getArguments();
    when(description.withArguments(Map.of("cache", Map.of("repo", "r/c")))).thenReturn(shortened);

    assertThat(descriptor.customInstantiate(Map.of("labels", Map.of("a", "b"))))
        .containsEntry("labels", List.of("a=b"));
    assertThat(descriptor.customUninstantiate(description)).isSameAs(shortened);
    assertThat(descriptor.argumentsToString(Map.of("destination", "r/a"))).isEqualTo("r/a");
  }

  @Test
  void theFormIsThatOfTheSpecification() throws Exception {
    KanikoBuildSpecDescriptor form = mock(KanikoBuildSpecDescriptor.class);
    KanikoBuildStep.DescriptorImpl formed =
        mock(KanikoBuildStep.DescriptorImpl.class, CALLS_REAL_METHODS);
    doReturn(form).when(formed).getSpecDescriptor();
    JSONObject json = mock(JSONObject.class);
    KanikoBuildSpec spec = new KanikoBuildSpec();
    StaplerRequest2 request = mock(StaplerRequest2.class);
    try (var json2 = mockStatic(JSONObject.class)) {
      json2.when(() -> JSONObject.fromObject(json)).thenReturn(json);
      when(form.newInstance(request, json)).thenReturn(spec);

      KanikoBuildStep step = (KanikoBuildStep) formed.newInstance(request, json);

      assertThat(step.getSpec()).isSameAs(spec);
    }
    verify(json).remove("$class");
    verify(json).remove("stapler-class");
  }

  @Test
  void aFormThatIsRefusedSaysWhyInTheSnippetGenerator() throws Exception {
    KanikoBuildSpecDescriptor form = mock(KanikoBuildSpecDescriptor.class);
    KanikoBuildStep.DescriptorImpl descriptor =
        mock(KanikoBuildStep.DescriptorImpl.class, CALLS_REAL_METHODS);
    doReturn(form).when(descriptor).getSpecDescriptor();
    JSONObject json = mock(JSONObject.class);
    Descriptor.FormException refusal = mock(Descriptor.FormException.class);
    when(refusal.getMessage()).thenReturn("two entries for r.example");
    StaplerRequest2 request = mock(StaplerRequest2.class);
    try (var objects = mockStatic(JSONObject.class)) {
      objects.when(() -> JSONObject.fromObject(json)).thenReturn(json);
      when(form.newInstance(request, json)).thenThrow(refusal);

      assertThatThrownBy(() -> descriptor.newInstance(request, json))
          .isInstanceOf(ParameterException.class)
          .hasMessage("two entries for r.example");
    }
  }

  @Test
  void aRunLabelsTheStepAndWarns() throws Exception {
    KanikoBuildStep step = new KanikoBuildStep();
    step.setDestination("r.example/app:1");
    FlowNode node = mock(FlowNode.class);
    KanikoImage image = new KanikoImage(Results.result("r.example/app:1"));

    try (var builds =
            mockConstruction(
                ImageBuild.class,
                (build, call) -> when(build.run(step.getSpec())).thenReturn(image));
        var labels = mockConstruction(LabelAction.class);
        var warnings =
            mockConstruction(
                WarningAction.class,
                (warning, call) -> {
                  assertThat(call.arguments()).isEqualTo(List.of(Result.UNSTABLE));
                  when(warning.withMessage(any())).thenReturn(warning);
                })) {
      KanikoBuildExecution execution = (KanikoBuildExecution) step.start(context(node));

      assertThat(execution.run()).isSameAs(image);

      assertThat(builds.constructed()).hasSize(1);
      var order = inOrder(node);
      order.verify(node).addAction(labels.constructed().get(0));
      order.verify(node).addAction(warnings.constructed().get(0));
      verify(warnings.constructed().get(0))
          .withMessage("one warning about the Dockerfile: Dockerfile:3:14: as and FROM differ");
    }
  }

  @Test
  void withoutWarningsAndDestinationTheStepStaysAsItIs() throws Exception {
    KanikoBuildStep step = new KanikoBuildStep();
    step.setPush(false);
    FlowNode node = mock(FlowNode.class);
    KanikoImage image =
        new KanikoImage(
            new AgentResult(
                "", "", List.of(), List.of(), false, 0, List.of(), List.of(), 0, List.of(), 0));

    try (var builds =
        mockConstruction(
            ImageBuild.class, (build, call) -> when(build.run(step.getSpec())).thenReturn(image))) {
      ((KanikoBuildExecution) step.start(context(node))).run();
      assertThat(builds.constructed()).hasSize(1);
    }
    verify(node, never()).addAction(any());
  }

  @Test
  void theFreestyleStepReplacesVariables() throws Exception {
    KanikoBuildSpec spec = new KanikoBuildSpec();
    spec.setDestinations(List.of("r.example/app:$BUILD_NUMBER"));
    spec.setCredentials(List.of(new RegistryCredential("$REGISTRY", "id")));
    spec.setPush(false);
    EnvVars environment = mock(EnvVars.class);
    when(environment.expand(any()))
        .thenAnswer(
            call ->
                call.<String>getArgument(0)
                    .replace("$BUILD_NUMBER", "7")
                    .replace("$REGISTRY", "r.example"));

    try (var builds = mockConstruction(ImageBuild.class)) {
      new KanikoBuilder(spec)
          .perform(
              mock(Run.class),
              mock(FilePath.class),
              environment,
              mock(Launcher.class),
              mock(TaskListener.class));

      var used = org.mockito.ArgumentCaptor.forClass(KanikoBuildSpec.class);
      verify(builds.constructed().get(0)).run(used.capture());
      assertThat(used.getValue().getDestinations()).containsExactly("r.example/app:7");
      assertThat(used.getValue().getCredentials().get(0).getRegistry()).isEqualTo("r.example");
      assertThat(used.getValue().isPush()).isFalse();
    }
    assertThat(spec.getDestinations()).containsExactly("r.example/app:$BUILD_NUMBER");
  }

  @Test
  void replacingNothingCopiesEverything() throws Exception {
    KanikoBuildSpec spec = new KanikoBuildSpec();
    for (Method setter : KanikoBuildSpec.class.getMethods()) {
      if (setter.isAnnotationPresent(DataBoundSetter.class)) {
        setter.invoke(spec, value(setter.getParameterTypes()[0], setter.getName()));
      }
    }

    assertThat(spec.expanded(text -> text)).usingRecursiveComparison().isEqualTo(spec);
  }

  @Test
  void variablesDoNotChooseCredentials() {
    KanikoBuildSpec spec = new KanikoBuildSpec();
    spec.setDestinations(List.of("$NAME"));
    spec.setCredentialsId("${NAME}");
    spec.setSsh("$NAME");
    spec.setCredentials(List.of(new RegistryCredential("$NAME", "$NAME")));
    spec.setSecrets(List.of(new BuildSecret("s", "$NAME")));

    KanikoBuildSpec expanded = spec.expanded(text -> "value");

    assertThat(expanded.getDestinations()).containsExactly("value");
    assertThat(expanded.getCredentials().get(0).getRegistry()).isEqualTo("value");
    assertThat(expanded.getCredentialsId()).isEqualTo("${NAME}");
    assertThat(expanded.getSsh()).isEqualTo("$NAME");
    assertThat(expanded.getCredentials().get(0).getCredentialsId()).isEqualTo("$NAME");
    assertThat(expanded.getSecrets().get(0).getCredentialsId()).isEqualTo("$NAME");
  }

  @Test
  void theFreestyleStepIsForEveryProject() {
    KanikoBuilder.DescriptorImpl builder = new KanikoBuilder.DescriptorImpl();

    assertThat(builder.isApplicable(null)).isTrue();
    assertThat(builder.getDisplayName()).isNotBlank();
    assertThat(new KanikoBuilder(null).getSpec().isPush()).isTrue();
  }

  private static Object value(Class<?> type, String setter) {
    if (type == boolean.class) {
      // The one that is on to begin with is switched off.
      return !setter.equals("setPush");
    }
    if (type == List.class) {
      return switch (setter) {
        case "setCredentials" -> List.of(new RegistryCredential("r", "c"));
        case "setSecrets" -> List.of(new BuildSecret("s", "c"));
        default -> List.of("A=1", "B=2");
      };
    }
    return "text";
  }

  private static Set<String> setters(Class<?> type) {
    Set<String> names = new TreeSet<>();
    for (Method method : type.getMethods()) {
      if (method.isAnnotationPresent(DataBoundSetter.class)) {
        names.add(method.getName());
      }
    }
    return names;
  }

  private static StepContext context(FlowNode node) throws Exception {
    StepContext context = mock(StepContext.class);
    when(context.get(FlowNode.class)).thenReturn(node);
    return context;
  }
}
