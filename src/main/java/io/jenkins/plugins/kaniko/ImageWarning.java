package io.jenkins.plugins.kaniko;

import io.jenkins.plugins.kaniko.agent.AgentResult;
import java.io.Serializable;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What the check of a Dockerfile found. */
@ExportedBean(defaultVisibility = 2)
public final class ImageWarning implements Serializable {
  private static final long serialVersionUID = 1;

  private final String rule;
  private final String message;
  private final String file;
  private final int line;

  ImageWarning(AgentResult.Warning warning) {
    rule = warning.rule();
    message = warning.message();
    file = warning.file();
    line = warning.line();
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

  @Override
  public String toString() {
    return file + ":" + line + ": " + message;
  }
}
