package io.jenkins.plugins.kaniko;

import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.Serializable;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An instruction of a Dockerfile that was run. */
@ExportedBean(defaultVisibility = 3)
public final class ImageStep implements Serializable {
  private static final long serialVersionUID = 1;

  private final String stage;
  private final int number;
  private final String text;
  private final long millis;
  private final boolean cached;
  private final int files;
  private final long bytes;

  ImageStep(AgentResult.Step step) {
    stage = step.stage();
    number = step.number();
    text = step.text();
    millis = step.millis();
    cached = step.cached();
    files = step.files();
    bytes = step.bytes();
  }

  @Exported
  @Whitelisted
  public String getStage() {
    return stage;
  }

  /** Counted from 1 within the stage. */
  @Exported
  @Whitelisted
  public int getNumber() {
    return number;
  }

  /** As written, which may span lines. */
  @Exported
  @Whitelisted
  public String getText() {
    return text;
  }

  @Exported
  @Whitelisted
  public long getMillis() {
    return millis;
  }

  @Exported
  @Whitelisted
  public boolean isCached() {
    return cached;
  }

  /** Added, changed and deleted ones. */
  @Exported
  @Whitelisted
  public int getFiles() {
    return files;
  }

  /** Of its layer before compression; 0 without a layer. */
  @Exported
  @Whitelisted
  public long getBytes() {
    return bytes;
  }

  public String getDurationText() {
    return Texts.duration(millis);
  }

  public String getBytesText() {
    return bytes == 0 ? "" : Texts.bytes(bytes);
  }
}
