package io.jenkins.plugins.kaniko.executor.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentProcessesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "java -jar agent.jar -url https://ci",
        "java -jar /usr/share/jenkins/agent.jar",
        "java -jar /opt/jenkins-agent.jar",
        "java -jar my-remoting-3261.jar",
        "java -jar /home/jenkins/jenkins-swarm-client-3.jar",
        "java -cp /x/all.jar hudson.remoting.jnlp.Main -headless"
      })
  void anAgentIsKnownByItsCommandLine(String command) {
    assertThat(AgentProcesses.isAgent(command.replace(' ', '\0') + "\0")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/kaniko/bin/java -jar /kaniko/executor.jar",
        "java -jar /agent/work/app.jar",
        "vim agent.jar.txt"
      })
  void otherProgramsAreNone(String command) {
    assertThat(AgentProcesses.isAgent(command.replace(' ', '\0') + "\0")).isFalse();
  }
}
