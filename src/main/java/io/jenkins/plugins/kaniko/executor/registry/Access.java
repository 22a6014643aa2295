package io.jenkins.plugins.kaniko.executor.registry;

/** The direction of a connection: flags and token scopes are given for each. */
enum Access {
  PULL("pull"),
  PUSH("pull,push");

  private final String actions;

  Access(String actions) {
    this.actions = actions;
  }

  /** The actions in a token scope. */
  String actions() {
    return actions;
  }
}
