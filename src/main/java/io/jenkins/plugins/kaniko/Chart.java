package io.jenkins.plugins.kaniko;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A picture of bars, in units of an SVG view box. The page draws it: no script, no style of its
 * own.
 *
 * @param legend tells the kinds of its bars, in a row below them
 * @param height of the view box; its width is {@value #WIDTH}
 */
public record Chart(List<Bar> bars, List<Key> legend, int height) {
  static final int WIDTH = 1000;
  private static final int TEXT = 420;
  private static final int VALUE = 90;
  private static final int ROW = 24;
  private static final int BAR = 16;
  private static final double VISIBLE = 2;
  private static final int LABEL_LENGTH = 48;
  private static final int KEY = 170;

  private static final String LAYER = "layer";
  private static final String STEP = "step";
  private static final String CACHED = "cached";

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

  /**
   * What a kind of bar means.
   *
   * @param x where its sample begins
   */
  public record Key(double x, int y, String kind, String text) {
    public double getX() {
      return x;
    }

    public int getY() {
      return y;
    }

    /** Of the sample, which is a square. */
    public int getSide() {
      return BAR;
    }

    public double getTextX() {
      return x + BAR + 6;
    }

    public int getBaseline() {
      return y + BAR - 4;
    }

    public String getKind() {
      return kind;
    }

    public String getText() {
      return text;
    }
  }

  public List<Bar> getBars() {
    return bars;
  }

  public List<Key> getLegend() {
    return legend;
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
              LAYER,
              Texts.shortened(layer.getTitle(), LABEL_LENGTH),
              layer.getSizeText(),
              layer.getTitle() + "\n" + layer.getDigest() + "\n" + layer.getSizeText()));
    }
    return of(bars, bars.size());
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
                step.isCached() ? CACHED : STEP,
                label,
                value,
                tip(step)));
        before += step.getMillis();
        label = "";
        value = "";
      }
      row++;
    }
    return of(bars, row);
  }

  private static String tip(ImageStep step) {
    String tip = step.getText() + "\n" + step.getDurationText();
    return step.isCached() ? tip + "\n" + Messages.Chart_cached() : tip;
  }

  /** With a legend of the kinds that there are. */
  private static Chart of(List<Bar> bars, int rows) {
    int y = rows * ROW;
    List<Key> legend = new ArrayList<>();
    for (String kind : List.of(LAYER, STEP, CACHED)) {
      if (bars.stream().anyMatch(bar -> bar.kind().equals(kind))) {
        legend.add(new Key(TEXT + legend.size() * (double) KEY, y, kind, meaning(kind)));
      }
    }
    return new Chart(List.copyOf(bars), List.copyOf(legend), y + (legend.isEmpty() ? 0 : ROW));
  }

  private static String meaning(String kind) {
    return switch (kind) {
      case LAYER -> Messages.Chart_layer();
      case CACHED -> Messages.Chart_cached();
      default -> Messages.Chart_step();
    };
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
