package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import hudson.model.Action;
import hudson.model.Fingerprint;
import hudson.model.FingerprintMap;
import hudson.model.Run;
import hudson.tasks.Fingerprinter.FingerprintAction;
import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.export.Flavor;
import org.kohsuke.stapler.export.ModelBuilder;
import org.kohsuke.stapler.export.TreePruner.ByDepth;
import org.mockito.MockedConstruction;
import org.mockito.MockedStatic;

class KanikoRunActionTest {
  private final Run<?, ?> run = mock(Run.class);
  private final List<Action> actions = new ArrayList<>();
  private final FingerprintMap fingerprints = mock(FingerprintMap.class);
  private final Fingerprint fingerprint = mock(Fingerprint.class);
  private MockedStatic<Jenkins> jenkins;
  private MockedConstruction<FingerprintAction> pages;

  @BeforeEach
  void startJenkins() throws Exception {
    jenkins = mockStatic(Jenkins.class);
    pages = mockConstruction(FingerprintAction.class);
    Jenkins instance = mock(Jenkins.class);
    jenkins.when(Jenkins::get).thenReturn(instance);
    when(instance.getFingerprintMap()).thenReturn(fingerprints);
    when(fingerprints.getOrCreate(any(Run.class), anyString(), anyString()))
        .thenReturn(fingerprint);
    doAnswer(call -> actions.add(call.getArgument(0))).when(run).addAction(any());
    when(run.getAction(any()))
        .thenAnswer(
            call ->
                actions.stream()
                    .filter(call.<Class<?>>getArgument(0)::isInstance)
                    .findFirst()
                    .orElse(null));
  }

  @AfterEach
  void stopJenkins() {
    jenkins.close();
    pages.close();
  }

  @Test
  void aRunHasOnePageForAllItsImages() throws Exception {
    KanikoRunAction.record(run, image("r.example/a:1"));
    KanikoRunAction.record(run, image("r.example/b:1"));

    assertThat(actions).filteredOn(KanikoRunAction.class::isInstance).hasSize(1);
    assertThat(((KanikoRunAction) actions.get(0)).getImages())
        .extracting(KanikoImage::getName)
        .containsExactly("r.example/a:1@" + Results.DIGEST, "r.example/b:1@" + Results.DIGEST);
    verify(run, org.mockito.Mockito.times(2)).save();
  }

  @Test
  void theDigestIsFingerprinted() throws Exception {
    KanikoRunAction.record(run, image("r.example/a:1"));

    verify(fingerprints)
        .getOrCreate(run, "r.example/a:1@" + Results.DIGEST, "0123456789abcdef0123456789abcdef");
    verify(fingerprint).addFor(run);
    assertThat(pages.constructed()).hasSize(1);
  }

  @Test
  void withoutADigestThereIsNoFingerprint() throws Exception {
    AgentResult empty =
        new AgentResult(
            "", "", List.of(), List.of(), false, 0, List.of(), List.of(), 0, List.of(), 0);

    KanikoRunAction.record(run, new KanikoImage(empty));

    verify(fingerprints, never()).getOrCreate(any(Run.class), anyString(), anyString());
    verify(run).save();
  }

  @Test
  void theProjectShowsTheImagesOfItsLastRun() throws Exception {
    KanikoRunAction.record(run, image("r.example/a:1"));
    KanikoRunAction action = (KanikoRunAction) actions.get(0);
    action.onAttached(run);

    assertThat(action.getProjectActions())
        .singleElement()
        .isInstanceOfSatisfying(
            KanikoProjectAction.class,
            project -> {
              assertThat(project.getImages()).hasSize(1);
              assertThat(project.getUrlName()).isNull();
              assertThat(project.getIconFileName()).isNull();
            });
  }

  /** How much of an object Jenkins writes depends on how deep it lies below what was asked for. */
  @Test
  void theRestApiOfTheRunIsShortAndThatOfThePageWhole() throws Exception {
    KanikoRunAction action = new KanikoRunAction();
    when(run.getAction(KanikoRunAction.class)).thenReturn(action);
    KanikoRunAction.record(run, new KanikoImage(Results.result("r.example/app:1")));

    // A run shows its actions one level below itself.
    assertThat(json(action, 2)).contains("\"digest\":\"" + Results.DIGEST).doesNotContain("layers");
    assertThat(json(action, 1))
        .contains("\"digest\":\"" + Results.DIGEST, "\"createdBy\":\"RUN <make>", "\"line\":3");
  }

  private static String json(KanikoRunAction action, int level) throws Exception {
    StringWriter text = new StringWriter();
    new ModelBuilder()
        .get(KanikoRunAction.class)
        .writeTo(action, new ByDepth(level), Flavor.JSON.createDataWriter(action, text));
    return text.toString();
  }

  @Test
  void thePageHasAnAddress() {
    KanikoRunAction action = new KanikoRunAction();
    action.onLoad(run);

    assertThat(action.getUrlName()).isEqualTo("kaniko");
    assertThat(action.getDisplayName()).isEqualTo("Container images");
    assertThat(action.getRun()).isSameAs(run);
    assertThat(action.getApi().bean).isSameAs(action);
  }

  private static KanikoImage image(String destination) {
    return new KanikoImage(Results.result(destination));
  }
}
