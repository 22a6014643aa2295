package io.jenkins.plugins.kaniko;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A picture of bars, in units of an SVG view box. The page draws it: no script, no style of its
 * own.
 *
 * @param height of the view box; its width is {@value #WIDTH}
 */
public record Chart(List<Bar> bars, int height) {
  static final int WIDTH = 1000;
  private static final int TEXT = 420;
  private static final int VALUE = 90;
  private static final int ROW = 24;
  private static final int BAR = 16;
  private static final double VISIBLE = 2;
  private static final int LABEL_LENGTH = 48;

  /**
   * One bar in its row, with the texts beside it.
   *
   * @param x where the bar begins
   * @param kind of bar, which the style sheet colours: {@code layer}, {@code step}, {@code cached}
   * @param label left of the row; empty for all but the first bar of a row
   * @param value right of the row; as the label
   * @param tip all there is to say of the bar
   */
  public record Bar(
      double x, int y, double width, String kind, String label, String value, String tip) {
    // Jelly reads properties, and records have none.
    public double getX() {
      return x;
    }

    public int getY() {
      return y;
    }

    public double getWidth() {
      return width;
    }

    public int getHeight() {
      return BAR;
    }

    /** Where texts of the row stand. */
    public int getBaseline() {
      return y + BAR - 4;
    }

    public String getKind() {
      return kind;
    }

    public String getLabel() {
      return label;
    }

    public String getValue() {
      return value;
    }

    public String getTip() {
      return tip;
    }
  }

  public List<Bar> getBars() {
    return bars;
  }

  public int getHeight() {
    return height;
  }

  public int getWidth() {
    return WIDTH;
  }

  public boolean isEmpty() {
    return bars.isEmpty();
  }

  /** A row for each layer, as long as it is large. */
  static Chart ofLayers(List<ImageLayer> layers) {
    long largest = layers.stream().mapToLong(ImageLayer::getSize).max().orElse(0);
    List<Bar> bars = new ArrayList<>();
    for (ImageLayer layer : layers) {
      bars.add(
          new Bar(
              TEXT,
              bars.size() * ROW,
              length(layer.getSize(), largest),
              "layer",
              Texts.shortened(layer.getTitle(), LABEL_LENGTH),
              layer.getSizeText(),
              layer.getTitle() + "\n" + layer.getDigest() + "\n" + layer.getSizeText()));
    }
    return new Chart(List.copyOf(bars), bars.size() * ROW);
  }

  /** A row for each stage: its steps, one after the other, as long as they took. */
  static Chart ofSteps(List<ImageStep> steps) {
    Map<String, List<ImageStep>> stages = new LinkedHashMap<>();
    steps.forEach(
        step -> stages.computeIfAbsent(step.getStage(), name -> new ArrayList<>()).add(step));
    long longest = stages.values().stream().mapToLong(Chart::total).max().orElse(0);
    List<Bar> bars = new ArrayList<>();
    int row = 0;
    for (Map.Entry<String, List<ImageStep>> stage : stages.entrySet()) {
      String label = Texts.shortened(stage.getKey(), LABEL_LENGTH);
      String value = Texts.duration(total(stage.getValue()));
      long before = 0;
      for (ImageStep step : stage.getValue()) {
        double x = TEXT + scaled(before, longest);
        bars.add(
            new Bar(
                x,
                row * ROW,
                length(step.getMillis(), longest),
                step.isCached() ? "cached" : "step",
                label,
                value,
                step.getText() + "\n" + step.getDurationText()));
        before += step.getMillis();
        label = "";
        value = "";
      }
      row++;
    }
    return new Chart(List.copyOf(bars), row * ROW);
  }

  private static long total(List<ImageStep> steps) {
    return steps.stream().mapToLong(ImageStep::getMillis).sum();
  }

  /** Even nothing leaves a mark. */
  private static double length(long value, long largest) {
    return Math.max(VISIBLE, scaled(value, largest));
  }

  private static double scaled(long value, long largest) {
    double room = WIDTH - TEXT - VALUE;
    return largest == 0 ? 0 : Math.round(value * room / largest * 10) / 10.0;
  }
}
