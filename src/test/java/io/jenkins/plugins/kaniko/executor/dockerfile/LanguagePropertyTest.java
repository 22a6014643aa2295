package io.jenkins.plugins.kaniko.executor.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** What holds for every Dockerfile. The seeds are fixed: a build that passes passes again. */
class LanguagePropertyTest {

  private static final List<String> KEYWORDS =
      List.of(
          "ADD",
          "ARG",
          "CMD",
          "COPY",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "FROM",
          "HEALTHCHECK",
          "HEALTHCHECK CMD",
          "LABEL",
          "MAINTAINER",
          "ONBUILD",
          "ONBUILD COPY",
          "ONBUILD RUN",
          "RUN",
          "SHELL",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR",
          "copy",
          "Run");
  private static final List<String> FLAGS =
      List.of(
          "--from=a",
          "--chown=\"b c\":d",
          "--chmod=u+x",
          "--link",
          "--link=false",
          "--parents",
          "--exclude='*.o p'",
          "--exclude=q\\ r",
          "--keep-git-dir=true",
          "--unpack=false",
          "--checksum=sha256:x",
          "--mount=type=cache,target=/t,uid=$u",
          "--mount=target=\"/a b\"",
          "--mount=type=secret,id=s,env=E",
          "--network=none",
          "--security=insecure",
          "--device=v/c=d,required",
          "--interval=90s",
          "--retries=3",
          "--platform=$P",
          "--");
  private static final List<String> PIECES =
      List.of(
          " ",
          " ",
          " ",
          "a",
          "b",
          "=",
          "k=v",
          "k=\"v w\"",
          "'",
          "\"",
          "\\",
          "\\\\",
          "`",
          "$x",
          "${y:-z}",
          "[\"a\", \"b\\\\\"]",
          "[\"c\"",
          "]",
          ",",
          "#",
          "--",
          "/",
          "80",
          "é",
          "\t",
          "\r",
          "\u00a0",
          "<<E",
          "<<-\"E\"",
          "3<<E",
          "<<'F G'",
          "NONE",
          "AS",
          " \\\n",
          "\n",
          "((",
          "))");

  @Provide
  Arbitrary<String> dockerfiles() {
    Arbitrary<String> arguments =
        Arbitraries.of(PIECES).list().ofMaxSize(8).map(pieces -> String.join("", pieces));
    Arbitrary<String> flags =
        Arbitraries.of(FLAGS).list().ofMaxSize(2).map(list -> String.join(" ", list));
    Arbitrary<String> line =
        Combinators.combine(Arbitraries.of(KEYWORDS), flags, arguments)
            .as((keyword, flag, rest) -> keyword + " " + flag + " x " + rest)
            .map(text -> text.contains("<<") ? text + "\nbody\n\tE\nE\nF G\nE\n" : text);
    return Combinators.combine(Arbitraries.of("", "# escape=`\n"), line, Arbitraries.of("", "\r"))
        .as((head, text, end) -> head + "FROM a\n" + text + end + "\n");
  }

  @Property(tries = 20_000, seed = "20260101")
  void printedInstructionsAreReadAgainAsTheyWere(@ForAll("dockerfiles") String text)
      throws DockerfileException {
    Optional<Dockerfile> file = parse(text);
    Statistics.collect(file.isPresent());
    Statistics.coverage(read -> read.check(true).percentage(share -> share > 20));
    if (file.isPresent()) {
      String printed = Printer.print(file.get());
      assertThat(ParserFuzzer.meaning(DockerfileParser.parse("D", printed)))
          .as(printed)
          .isEqualTo(ParserFuzzer.meaning(file.get()));
    }
  }

  @Property(tries = 20_000, seed = "20260102")
  void everyInstructionExpandsOrIsRefused(@ForAll("dockerfiles") String text) {
    parse(text)
        .ifPresent(
            file ->
                file.stages().stream()
                    .flatMap(stage -> stage.instructions().stream())
                    .forEach(instruction -> expand(instruction, file.directives().escape())));
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.strings()
        .withChars("$${{}}'\"\\`:-+?#%/*ab _1\t\n\u00e9\ud83d\ude00\ud800")
        .ofMaxLength(40);
  }

  @Property(tries = 50_000, seed = "20260103")
  void aWordExpandsOrIsRefused(@ForAll("words") String word) {
    AtomicInteger lookups = new AtomicInteger();
    Map<String, String> values = Map.of("a", "x*y/z", "b", "", "ab", "a b");
    Variables variables = Variables.recording(Variables.of(values), n -> lookups.incrementAndGet());
    try {
      Expansion expansion = new Expander('\\').expand(word, variables);
      assertThat(String.join("", expansion.words()).length())
          .isLessThanOrEqualTo(expansion.word().length());
    } catch (DockerfileException e) {
      assertThat(e.detail()).isNotBlank();
    }
    assertThat(lookups.get()).isLessThanOrEqualTo((int) word.chars().filter(c -> c == '$').count());
  }

  private static Optional<Dockerfile> parse(String text) {
    try {
      return Optional.of(DockerfileParser.parse("D", text));
    } catch (DockerfileException e) {
      assertThat(e).hasMessageMatching("(?s)D(:\\d+){0,2}: .+");
      return Optional.empty();
    }
  }

  private static void expand(Instruction instruction, char escape) {
    try {
      InstructionExpander.expand(instruction, name -> Optional.of("v w"), escape);
    } catch (DockerfileException e) {
      assertThat(e.range()).contains(instruction.range());
    }
  }
}
