package io.jenkins.plugins.kaniko;

import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.Serializable;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What the check of a Dockerfile found. */
@ExportedBean(defaultVisibility = 3)
public final class ImageWarning implements Serializable {
  private static final long serialVersionUID = 1;

  private final String rule;
  private final String message;
  private final String file;
  private final int line;
  private final int column;

  ImageWarning(AgentResult.Warning warning) {
    rule = warning.rule();
    message = warning.message();
    file = warning.file();
    line = warning.line();
    column = warning.column();
  }

  @Exported
  @Whitelisted
  public String getRule() {
    return rule;
  }

  @Exported
  @Whitelisted
  public String getMessage() {
    return message;
  }

  @Exported
  @Whitelisted
  public String getFile() {
    return file;
  }

  /** Counted from 1. */
  @Exported
  @Whitelisted
  public int getLine() {
    return line;
  }

  /** Counted from 1; 0 if the whole line is meant. */
  @Exported
  @Whitelisted
  public int getColumn() {
    return column;
  }

  /** {@code Dockerfile:3}, or {@code Dockerfile:3:14}. */
  @Whitelisted
  public String getPlace() {
    return file + ":" + line + (column > 0 ? ":" + column : "");
  }

  @Override
  public String toString() {
    return getPlace() + ": " + message;
  }
}
