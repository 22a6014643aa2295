package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import java.beans.Introspector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KanikoImageTest {
  private static final Set<String> FOR_PAGES =
      Set.of("name", "sizeText", "durationText", "bytesText", "title", "layerChart", "timeChart");

  private final KanikoImage image = new KanikoImage(Results.result("r.example/app:1"));

  @Test
  void itTellsWhatTheAgentTold() {
    assertThat(image.getDigest()).isEqualTo(Results.DIGEST);
    assertThat(image.getImageId()).isEqualTo("sha256:" + "a".repeat(64));
    assertThat(image.getReferences()).containsExactly("r.example/app:1@" + Results.DIGEST);
    assertThat(image.getTags()).containsExactly("1");
    assertThat(image.isPushed()).isTrue();
    assertThat(image.getSize()).isEqualTo(3_400_000);
    assertThat(image.getCacheHits()).isEqualTo(1);
    assertThat(image.getDurationMillis()).isEqualTo(125_000);
    assertThat(image.getLayers())
        .extracting(ImageLayer::getDigest)
        .containsExactly("sha256:l1", "sha256:l2");
    assertThat(image.getSteps()).extracting(ImageStep::getText).contains("RUN make");
    assertThat(image.getWarnings()).hasToString("[Dockerfile:3:14: as and FROM differ]");
    assertThat(image.getTitle()).isEqualTo("r.example/app:1");
    assertThat(image.getSizeText()).isEqualTo("3.4 MB");
    assertThat(image.getDurationText()).isEqualTo("2 min 5 s");
  }

  /** Pipelines save their variables, and XStream restores the fields of records as null. */
  @ParameterizedTest
  @ValueSource(classes = {KanikoImage.class, ImageLayer.class, ImageStep.class, ImageWarning.class})
  void whatARunKeepsIsAClass(Class<?> type) {
    assertThat(type.isRecord()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(classes = {KanikoImage.class, ImageLayer.class, ImageStep.class, ImageWarning.class})
  void aSandboxedPipelineMayReadEveryProperty(Class<?> type) {
    List<String> closed =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> method.getName().matches("(get|is)[A-Z].*"))
            .filter(method -> !method.isAnnotationPresent(Whitelisted.class))
            .map(Method::getName)
            .map(name -> Introspector.decapitalize(name.replaceFirst("get|is", "")))
            .toList();

    assertThat(FOR_PAGES).containsAll(closed);
  }

  @Test
  void itSurvivesSerialisation() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(image);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      KanikoImage copy = (KanikoImage) in.readObject();
      assertThat(copy).usingRecursiveComparison().isEqualTo(image);
    }
  }

  @Test
  void itsListsAreOfKindsThatJenkinsMayStore() {
    assertThat(
            List.of(
                image.getReferences(),
                image.getTags(),
                image.getLayers(),
                image.getSteps(),
                image.getWarnings()))
        .allSatisfy(list -> assertThat(list).isInstanceOf(java.util.ArrayList.class));
  }

  @Test
  void theLayersAreAChartByTheirSize() {
    Chart chart = image.getLayerChart();

    assertThat(chart.getBars()).hasSize(2);
    assertThat(chart.getBars().get(0).getLabel()).isEqualTo("sha256:l1");
    assertThat(chart.getBars().get(1).getLabel()).isEqualTo("RUN <make> & \"install\"");
    assertThat(chart.getBars().get(0).getWidth()).isEqualTo(490);
    assertThat(chart.getBars().get(1).getWidth()).isCloseTo(65.3, within());
    assertThat(chart.getHeight()).isEqualTo(72);
  }

  @Test
  void theStepsOfAStageAreOneRow() {
    List<Chart.Bar> bars = image.getTimeChart().getBars();

    assertThat(bars).extracting(Chart.Bar::getY).containsExactly(0, 0, 24);
    assertThat(bars).extracting(Chart.Bar::getKind).containsExactly("step", "cached", "step");
    assertThat(bars).extracting(Chart.Bar::getLabel).containsExactly("build", "", "1");
    assertThat(bars.get(1).getX()).isEqualTo(bars.get(0).getX() + bars.get(0).getWidth());
    assertThat(bars.get(2).getWidth()).isEqualTo(2);
  }

  @Test
  void aLegendBelowTheBarsTellsTheirKinds() {
    assertThat(image.getLayerChart().getLegend())
        .containsExactly(new Chart.Key(420, 48, "layer", "compressed size of a layer"));
    assertThat(image.getTimeChart().getLegend())
        .containsExactly(
            new Chart.Key(420, 48, "step", "run in this build"),
            new Chart.Key(590, 48, "cached", "from the cache"));
    assertThat(image.getTimeChart().getBars().get(1).getTip()).endsWith("from the cache");
    assertThat(image.getTimeChart().getHeight()).isEqualTo(72);
  }

  @Test
  void nothingIsAnEmptyChart() {
    assertThat(Chart.ofSteps(List.of()).isEmpty()).isTrue();
    assertThat(Chart.ofLayers(List.of()).getHeight()).isZero();
  }

  @Test
  void numbersAreReadable() {
    assertThat(Texts.bytes(0)).isEqualTo("0 B");
    assertThat(Texts.bytes(999)).isEqualTo("999 B");
    assertThat(Texts.bytes(999_999)).isEqualTo("1.0 MB");
    assertThat(Texts.bytes(1_500_000_000)).isEqualTo("1.5 GB");
    assertThat(Texts.duration(0)).isEqualTo("0 ms");
    assertThat(Texts.duration(59_999)).isEqualTo("59.9 s");
    assertThat(Texts.shortened("one\ntwo", 10)).isEqualTo("one");
    assertThat(Texts.shortened("0123456789", 5)).isEqualTo("0123…");
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.data.Offset.offset(0.1);
  }
}
