package io.jenkins.plugins.kaniko.executor.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/**
 * The {@code credential_process} of a profile: a program that prints keys for AWS as JSON, of
 * version 1. No shell has a say, and neither its words nor what it prints enter a message.
 */
final class AwsProcess {
  private final String profile;
  private final String command;
  private final Duration patience;

  AwsProcess(String profile, String command, Duration patience) {
    this.profile = profile;
    this.command = command;
    this.patience = patience;
  }

  AwsKeys.Keys keys() throws IOException {
    List<String> words = words();
    if (words.isEmpty()) {
      throw failure("is no command");
    }
    Process process;
    try {
      process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw failure("cannot be started"); // no cause: it quotes the command
    }
    try {
      AskedProgram.Answer answer = AskedProgram.ask(process, "", patience);
      if (answer.exitCode() != 0) {
        throw failure("ended with %d".formatted(answer.exitCode()));
      }
      return parse(answer.output());
    } catch (TimeoutException e) {
      throw failure("did not end within %d seconds".formatted(Math.max(1, patience.toSeconds())));
    } catch (ExecutionException e) {
      throw failure("cannot be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was interrupted");
    }
  }

  private AwsKeys.Keys parse(String output) throws IOException {
    JsonNode json;
    try {
      json = new JsonMapper().readTree(output);
    } catch (IOException e) {
      throw failure("did not print JSON"); // no cause: it quotes what was printed
    }
    String id = json.path("AccessKeyId").asText("");
    String secret = json.path("SecretAccessKey").asText("");
    if (json.path("Version").asInt() != 1 || id.isEmpty() || secret.isEmpty()) {
      throw failure("did not print keys of version 1");
    }
    return new AwsKeys.Keys(
        id,
        secret,
        Optional.of(json.path("SessionToken").asText("")).filter(token -> !token.isEmpty()));
  }

  /** Words as a POSIX shell tells them apart, with quotes and backslashes and nothing else. */
  private List<String> words() throws IOException {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < command.length(); i++) {
      char c = command.charAt(i);
      boolean escapes = c == '\\' && quote != '\'' && i + 1 < command.length();
      if (quote == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (escapes && (quote == 0 || "\"\\$`".indexOf(command.charAt(i + 1)) >= 0)) {
        word.append(command.charAt(++i));
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw failure("has a quote without an end");
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }

  private IOException failure(String problem) {
    return new IOException(
        "the credential_process of the AWS profile %s %s; run it by hand to see why"
            .formatted(profile, problem));
  }
}
