package io.jenkins.plugins.kaniko.executor.build;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.kaniko.executor.dockerfile.CmdInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.CommandLine;
import io.jenkins.plugins.kaniko.executor.dockerfile.DockerfileException;
import io.jenkins.plugins.kaniko.executor.dockerfile.EntrypointInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.EnvInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.ExposeInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.HealthcheckInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.Instruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.KeyValue;
import io.jenkins.plugins.kaniko.executor.dockerfile.LabelInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.MaintainerInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.OnbuildInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.PortSpec;
import io.jenkins.plugins.kaniko.executor.dockerfile.ShellInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.StopSignalInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.UserInstruction;
import io.jenkins.plugins.kaniko.executor.dockerfile.VolumeInstruction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Instructions that change the image's config and nothing else. */
final class MetadataStep {
  private MetadataStep() {}

  /**
   * Applies an instruction, its variables expanded.
   *
   * @return false if it is not of this family
   */
  static boolean apply(Instruction instruction, StageState state) throws DockerfileException {
    if (instruction instanceof EnvInstruction env) {
      for (KeyValue pair : env.variables()) {
        state.env(pair.key(), pair.value());
      }
    } else if (instruction instanceof LabelInstruction label) {
      for (KeyValue pair : label.labels()) {
        state.change(config -> config.label(pair.key(), pair.value()));
      }
    } else if (instruction instanceof ExposeInstruction expose) {
      for (String spec : expose.ports()) {
        for (String port : PortSpec.parse(spec).ports()) {
          state.change(config -> config.exposedPort(port));
        }
      }
    } else if (instruction instanceof VolumeInstruction volume) {
      volume.paths().forEach(path -> state.change(config -> config.volume(path)));
    } else if (instruction instanceof UserInstruction user) {
      state.change(config -> config.user(user.user()));
    } else if (instruction instanceof StopSignalInstruction signal) {
      state.change(config -> config.stopSignal(signal.signal()));
    } else if (instruction instanceof ShellInstruction shell) {
      state.change(config -> config.shell(shell.shell()));
    } else if (instruction instanceof CmdInstruction cmd) {
      List<String> argv = argv(cmd.command(), state);
      state.change(config -> config.cmd(Optional.of(argv)));
      state.commandSet();
    } else if (instruction instanceof EntrypointInstruction entrypoint) {
      List<String> argv = argv(entrypoint.command(), state);
      state.change(config -> config.entrypoint(Optional.of(argv)));
      // A CMD of the base belongs to the base's ENTRYPOINT.
      if (!state.isCommandSet()) {
        state.change(config -> config.cmd(Optional.empty()));
      }
    } else if (instruction instanceof HealthcheckInstruction healthcheck) {
      state.change(config -> config.healthcheck(json(healthcheck)));
    } else if (instruction instanceof OnbuildInstruction onbuild) {
      List<String> triggers = new ArrayList<>(state.config().onBuild());
      triggers.add(onbuild.trigger());
      state.change(config -> config.onBuild(triggers));
    } else if (instruction instanceof MaintainerInstruction maintainer) {
      state.change(config -> config.author(maintainer.author()));
    } else {
      return false;
    }
    return true;
  }

  private static List<String> argv(CommandLine command, StageState state) {
    if (!command.shellForm()) {
      return command.arguments();
    }
    List<String> argv = new ArrayList<>(state.shell());
    argv.addAll(command.arguments());
    return argv;
  }

  /**
   * The image-spec's predecessor, Docker's image config: durations are nanoseconds, absent ones are
   * inherited.
   */
  private static ObjectNode json(HealthcheckInstruction healthcheck) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (healthcheck.command().isEmpty()) {
      json.putArray("Test").add("NONE");
      return json;
    }
    CommandLine command = healthcheck.command().get();
    var test = json.putArray("Test").add(command.shellForm() ? "CMD-SHELL" : "CMD");
    command.arguments().forEach(test::add);
    put(json, "Interval", healthcheck.interval());
    put(json, "Timeout", healthcheck.timeout());
    put(json, "StartPeriod", healthcheck.startPeriod());
    put(json, "StartInterval", healthcheck.startInterval());
    healthcheck.retries().ifPresent(retries -> json.put("Retries", retries));
    return json;
  }

  private static void put(ObjectNode json, String field, Optional<Duration> duration) {
    duration.filter(d -> !d.isZero()).ifPresent(d -> json.put(field, d.toNanos()));
  }
}
