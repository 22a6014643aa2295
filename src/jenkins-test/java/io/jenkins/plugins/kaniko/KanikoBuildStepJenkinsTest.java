package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Descriptor;
import hudson.model.FreeStyleProject;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The forms and the snippet generator, in a real Jenkins. */
@WithJenkins
class KanikoBuildStepJenkinsTest {
  @Test
  void theStepSurvivesItsForm(JenkinsRule jenkins) throws Exception {
    KanikoBuildStep step = full();

    KanikoBuildStep back = new StepConfigTester(jenkins).configRoundTrip(step);

    assertThat(back.getSpec()).usingRecursiveComparison().isEqualTo(step.getSpec());
  }

  @Test
  void theSnippetGeneratorWritesShortForms(JenkinsRule jenkins) throws Exception {
    SnippetizerTester snippets = new SnippetizerTester(jenkins);
    KanikoBuildStep step = new KanikoBuildStep();
    step.setDestination("registry.example.org/app:1");
    snippets.assertRoundTrip(step, "kanikoBuild destination: 'registry.example.org/app:1'");

    step.setCache(true);
    step.setCacheRepo("registry.example.org/cache");
    snippets.assertRoundTrip(
        step,
        "kanikoBuild cache: [repo: 'registry.example.org/cache'], destination: 'registry.example.org/app:1'");
  }

  @Test
  void thePipelineTakesShortForms(JenkinsRule jenkins) throws Exception {
    WorkflowJob job = jenkins.createProject(WorkflowJob.class);
    job.setDefinition(
        new CpsFlowDefinition(
            """
            node {
              writeFile file: 'Dockerfile', text: 'FROM scratch\\nARG A\\nLABEL a=$A\\n'
              def image = kanikoBuild(push: false, buildArgs: [A: 1], labels: ["team=${'x'}"],
                cache: [copyLayers: true], extraArgs: '--force', secrets: [], credentials: [])
              echo "${image}"
            }
            """,
            true));

    jenkins.assertLogContains("sha256:", jenkins.buildAndAssertSuccess(job));
  }

  @Test
  void theFreestyleStepSurvivesItsForm(JenkinsRule jenkins) throws Exception {
    KanikoBuildSpec spec = full().getSpec();
    FreeStyleProject project = jenkins.createFreeStyleProject();
    project.getBuildersList().add(new KanikoBuilder(spec));

    jenkins.configRoundtrip(project);

    assertThat(project.getBuildersList().get(KanikoBuilder.class).getSpec())
        .usingRecursiveComparison()
        .isEqualTo(spec);
  }

  @Test
  void theGlobalConfigurationSurvivesItsForm(JenkinsRule jenkins) throws Exception {
    KanikoGlobalConfiguration configuration = configuration(jenkins);
    configuration.setCredentials(List.of(new RegistryCredential("registry.example.org", null)));
    configuration.setStoreDirectory("/var/store");
    configuration.setRegistryMirrors(List.of("mirror.example.org", "other.example.org"));
    configuration.setCacheRepository("registry.example.org/cache");
    configuration.setCacheTtl("24h");
    configuration.setStoreSizeLimit("20GB");
    configuration.setIsolation("userns");
    configuration.setJavaOptions("-Xmx1g");

    jenkins.configRoundtrip();

    assertThat(configuration.getCredentials())
        .extracting(RegistryCredential::getRegistry)
        .containsExactly("registry.example.org");
    assertThat(configuration.getRegistryMirrors())
        .containsExactly("mirror.example.org", "other.example.org");
    assertThat(configuration.getCacheRepository()).isEqualTo("registry.example.org/cache");
    assertThat(configuration.getCacheTtl()).isEqualTo("24h");
    assertThat(configuration.getStoreSizeLimit()).isEqualTo("20GB");
    assertThat(configuration.getStoreDirectory()).isEqualTo("/var/store");
    assertThat(configuration.getIsolation()).isEqualTo("userns");
    assertThat(configuration.javaOptionList()).containsExactly("-Xmx1g");
  }

  @Test
  void rowsThatAreRemovedAreGone(JenkinsRule jenkins) throws Exception {
    KanikoGlobalConfiguration configuration = configuration(jenkins);
    configuration.setCredentials(List.of());

    jenkins.configRoundtrip();

    assertThat(configuration.getCredentials()).isEmpty();
  }

  @Test
  void everyDescriptorIsFoundBySymbol(JenkinsRule jenkins) {
    for (Class<? extends Descriptor<?>> type :
        List.of(
            KanikoBuildSpec.DescriptorImpl.class,
            KanikoBuilder.DescriptorImpl.class,
            RegistryCredential.DescriptorImpl.class,
            BuildSecret.DescriptorImpl.class)) {
      assertThat(org.jenkinsci.plugins.structs.SymbolLookup.getSymbolValue(type)).hasSize(1);
    }
  }

  private static KanikoGlobalConfiguration configuration(JenkinsRule jenkins) {
    return jenkins.jenkins.getExtensionList(KanikoGlobalConfiguration.class).get(0);
  }

  private static KanikoBuildStep full() {
    KanikoBuildStep step = new KanikoBuildStep();
    step.setDestinations(List.of("registry.example.org/a:1", "registry.example.org/b:1"));
    step.setContext("app");
    step.setDockerfile("app/Dockerfile");
    step.setTarget("release");
    step.setBuildArgs(List.of("A=1", "B=2"));
    step.setLabels(List.of("team=x"));
    step.setPlatform("linux/amd64");
    step.setPush(false);
    step.setTarPath("image.tar");
    step.setInsecure(true);
    step.setIsolation("userns");
    step.setVerbosity("debug");
    step.setExtraArgs(List.of("--force"));
    step.setCredentials(List.of(new RegistryCredential("registry.example.org", null)));
    step.setSecrets(List.of(new BuildSecret("npm", null)));
    step.setCache(true);
    step.setCacheRepo("registry.example.org/cache");
    step.setCacheTtl("336h");
    step.setBuildContexts(List.of("lib=lib"));
    step.setRegistryMirrors(List.of("mirror.example.org"));
    step.setCompression("zstd");
    step.setDigestFile("digest");
    step.setOciLayoutPath("layout");
    step.setSkipTlsVerify(true);
    return step;
  }
}
