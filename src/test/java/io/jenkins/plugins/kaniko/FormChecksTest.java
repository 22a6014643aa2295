package io.jenkins.plugins.kaniko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doNothing;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.security.AccessControlled;
import hudson.util.FormValidation;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kohsuke.stapler.StaplerRequest2;
import org.mockito.MockedStatic;

class FormChecksTest {
  private final Jenkins jenkins = mock(Jenkins.class);
  private final Item item = mock(Item.class);
  private final FormValidation ok = mock(FormValidation.class);
  private final FormValidation error = mock(FormValidation.class);
  private MockedStatic<Jenkins> instance;
  private MockedStatic<FormValidation> validation;
  private MockedStatic<CredentialsMatchers> matchers;

  @BeforeEach
  void startJenkins() {
    instance = mockStatic(Jenkins.class);
    instance.when(Jenkins::get).thenReturn(jenkins);
    validation = mockStatic(FormValidation.class);
    validation.when(FormValidation::ok).thenReturn(ok);
    validation.when(() -> FormValidation.error(anyString())).thenReturn(error);
    matchers = mockStatic(CredentialsMatchers.class);
  }

  @AfterEach
  void stopJenkins() {
    instance.close();
    validation.close();
    matchers.close();
  }

  @Test
  void whoMayConfigureIsToldWhatIsWrong() {
    allow(item, true);

    assertThat(FormChecks.check(item, () -> Optional.of("wrong"))).isSameAs(error);
    assertThat(FormChecks.check(item, Optional::empty)).isSameAs(ok);
  }

  @Test
  void othersAreToldNothing() {
    allow(item, false);

    assertThat(FormChecks.check(item, () -> Optional.of("wrong"))).isSameAs(ok);
    assertThat(FormChecks.check(null, () -> Optional.of("wrong"))).isSameAs(ok);
  }

  @Test
  void globallyAdministratorsAreTold() {
    allow(jenkins, true);

    assertThat(FormChecks.check(null, () -> Optional.of("wrong"))).isSameAs(error);
  }

  @Test
  void whoMayNotSeeCredentialsSeesTheCurrentIdOnly() {
    allow(item, false);
    try (var models = mockConstruction(StandardListBoxModel.class)) {
      CredentialsChoice.forRegistry(item, null, "current");

      StandardListBoxModel model = models.constructed().get(0);
      verify(model).includeCurrentValue("current");
      verify(model, never()).includeMatchingAs(any(), any(Item.class), any(), any(), any());
      verify(model, never()).includeEmptyValue();
    }
  }

  @Test
  void whoMayIsOfferedThoseOfTheItem() {
    allow(item, true);
    try (var models = mockConstruction(StandardListBoxModel.class)) {
      CredentialsChoice.forSecret(item, "current");

      StandardListBoxModel model = models.constructed().get(0);
      verify(model).includeEmptyValue();
      verify(model).includeMatchingAs(any(), eq(item), any(), any(), any());
      verify(model).includeCurrentValue("current");
    }
  }

  @Test
  void withoutAnItemAnAdministratorIsOfferedThoseOfJenkins() {
    allow(jenkins, true);
    try (var models = mockConstruction(StandardListBoxModel.class)) {
      CredentialsChoice.forSsh(null, "current");

      verify(models.constructed().get(0))
          .includeMatchingAs(any(), eq(jenkins), any(), any(), any());
    }
  }

  @Test
  void fieldsOfTheFormAreChecked() {
    allow(item, true);
    KanikoBuildSpec.DescriptorImpl form = new KanikoBuildSpec.DescriptorImpl();

    assertThat(form.doCheckDestinations(item, "r.example/a\nr.example/b:1")).isSameAs(ok);
    assertThat(form.doCheckDestinations(item, "r.example/A")).isSameAs(error);
    assertThat(form.doCheckBuildArgs(item, "A=1\nB")).isSameAs(ok);
    assertThat(form.doCheckLabels(item, "A")).isSameAs(error);
    assertThat(form.doCheckDockerfile(item, "")).isSameAs(ok);
    assertThat(form.doCheckPlatform(item, "arm")).isSameAs(error);
    assertThat(form.doCheckCacheRepo(item, "https://r.example/cache")).isSameAs(error);
    assertThat(form.doCheckCacheTtl(item, "soon")).isSameAs(error);
    assertThat(form.doCheckBuildContexts(item, "")).isSameAs(ok);
    assertThat(form.doCheckCompression(item, "")).isSameAs(ok);
    assertThat(new RegistryCredential.DescriptorImpl().doCheckRegistry(item, "http://r"))
        .isSameAs(error);
    assertThat(new BuildSecret.DescriptorImpl().doCheckId(item, "a b")).isSameAs(error);
  }

  @Test
  void whatTheExecutorCannotDoIsSaidInTheForm() {
    allow(item, true);
    KanikoBuildSpec.DescriptorImpl form = new KanikoBuildSpec.DescriptorImpl();

    try (MockedStatic<ExecutorFlags> flags = mockStatic(ExecutorFlags.class)) {
      flags.when(() -> ExecutorFlags.has("--ssh", false)).thenReturn(true);

      assertThat(form.doCheckSsh(item, "key")).isSameAs(ok);
      assertThat(form.doCheckRegistryMirrors(item, "m")).isSameAs(error);
      assertThat(form.doCheckRegistryMirrors(item, "")).isSameAs(ok);
    }
  }

  @Test
  void aRegistryTwiceIsRefusedWhenAFormIsSaved() throws Exception {
    RegistryCredential one = new RegistryCredential("r.example", "a");
    RegistryCredential other = new RegistryCredential("R.example", null);

    assertThat(Checks.duplicates(List.of(one, other)))
        .hasValueSatisfying(text -> assertThat(text).contains("R.example has credentials twice"));
    KanikoBuildSpecDescriptor.refuseDuplicates(List.of(one));
  }

  @Test
  void choicesBeginWithTheDefault() {
    allow(item, true);
    KanikoBuildSpec.DescriptorImpl form = new KanikoBuildSpec.DescriptorImpl();

    assertThat(form.doFillIsolationItems(item, "").get(0).value).isEmpty();
    assertThat(form.doFillVerbosityItems(item, "")).extracting(one -> one.value).contains("debug");
    assertThat(form.doFillCompressionItems(item, "")).extracting(one -> one.value).contains("zstd");
  }

  @Test
  void whoMayNotSeeTheConfigurationIsOfferedWhatIsThereAlone() {
    KanikoBuildSpec.DescriptorImpl form = new KanikoBuildSpec.DescriptorImpl();

    assertThat(form.doFillIsolationItems(item, "userns"))
        .extracting(one -> one.value)
        .containsExactly("", "userns");
    assertThat(form.doFillVerbosityItems(null, ""))
        .extracting(one -> one.value)
        .containsExactly("");
    assertThat(configuration().doFillIsolationItems("none"))
        .extracting(one -> one.value)
        .containsExactly("", "none");
  }

  @Test
  void textAreasAreLines() {
    JSONObject json = mock(JSONObject.class);
    when(json.opt("labels")).thenReturn(" a=1 \n\n b=2\n");
    when(json.opt("extraArgs")).thenReturn(List.of("left alone"));

    KanikoBuildSpecDescriptor.splitLines(json, List.of("labels", "extraArgs", "absent"));

    verify(json).element("labels", List.of("a=1", "b=2"));
    verify(json, never()).element(eq("extraArgs"), any());
    assertThat(new KanikoBuildSpec.DescriptorImpl().lines(List.of("a", "b"))).isEqualTo("a\nb");
    assertThat(new KanikoBuildSpec.DescriptorImpl().lines(null)).isEmpty();
  }

  @Test
  void theGlobalConfigurationIsSavedWithEveryChange() throws Exception {
    KanikoGlobalConfiguration configuration = configuration();

    configuration.setCacheTtl(" 24h ");
    configuration.setCacheRepository("r.example/cache");
    configuration.setRegistryMirrors(List.of("m", ""));
    configuration.setCredentials(List.of(new RegistryCredential("r.example", "id")));
    configuration.setIsolation("");
    configuration.setStoreDirectory("/var/store");
    configuration.setStoreSizeLimit("20GB");
    configuration.setJavaOptions("-Xmx1g  -Da=b");

    assertThat(configuration.getCacheTtl()).isEqualTo("24h");
    assertThat(configuration.getRegistryMirrors()).containsExactly("m");
    assertThat(configuration.getCredentials()).hasSize(1);
    assertThat(configuration.getIsolation()).isNull();
    assertThat(configuration.javaOptionList()).containsExactly("-Xmx1g", "-Da=b");
    verify(configuration, org.mockito.Mockito.times(8)).save();
  }

  @Test
  void aFormThatIsRefusedChangesNothing() throws Exception {
    KanikoGlobalConfiguration configuration = configuration();
    configuration.setCredentials(List.of(new RegistryCredential("kept.example", "id")));
    StaplerRequest2 request = mock(StaplerRequest2.class);
    JSONObject json = mock(JSONObject.class);
    RegistryCredential row = new RegistryCredential("r.example", "a");
    when(json.opt("credentials")).thenReturn(List.of());
    when(request.bindJSONToList(RegistryCredential.class, List.of())).thenReturn(List.of(row, row));

    assertThatThrownBy(() -> configuration.configure(request, json))
        .isInstanceOf(Descriptor.FormException.class);

    assertThat(configuration.getCredentials())
        .extracting(RegistryCredential::getRegistry)
        .containsExactly("kept.example");
    verify(request, never()).bindJSON(any(), any());
  }

  @Test
  void rowsThatAreRemovedInTheFormAreGone() throws Exception {
    KanikoGlobalConfiguration configuration = configuration();
    configuration.setCredentials(List.of(new RegistryCredential("r.example", "id")));
    StaplerRequest2 request = mock(StaplerRequest2.class);
    JSONObject json = mock(JSONObject.class);

    assertThat(configuration.configure(request, json)).isTrue();

    assertThat(configuration.getCredentials()).isEmpty();
    verify(request).bindJSON(configuration, json);
  }

  @Test
  void theGlobalFormIsCheckedToo() {
    allow(jenkins, true);
    KanikoGlobalConfiguration configuration = configuration();

    assertThat(configuration.doCheckStoreDirectory("store")).isSameAs(error);
    assertThat(configuration.doCheckJavaOptions("-Xmx1g")).isSameAs(ok);
    assertThat(configuration.doCheckStoreSizeLimit("20 GB")).isSameAs(error);
    try (MockedStatic<ExecutorFlags> flags = mockStatic(ExecutorFlags.class)) {
      assertThat(configuration.doCheckStoreSizeLimit("20GB")).isSameAs(error);
      flags.when(() -> ExecutorFlags.has("--store-size-limit", false)).thenReturn(true);
      assertThat(configuration.doCheckStoreSizeLimit("20GB")).isSameAs(ok);
    }
    assertThat(configuration.doCheckCacheRepository("r.example/cache")).isSameAs(ok);
    assertThat(configuration.doCheckCacheTtl("x")).isSameAs(error);
    assertThat(configuration.doCheckRegistryMirrors("")).isSameAs(ok);
    assertThat(configuration.doFillIsolationItems("")).hasSizeGreaterThan(2);
  }

  private static KanikoGlobalConfiguration configuration() {
    KanikoGlobalConfiguration configuration =
        mock(KanikoGlobalConfiguration.class, CALLS_REAL_METHODS);
    doNothing().when(configuration).save();
    return configuration;
  }

  private static void allow(AccessControlled object, boolean allowed) {
    when(object.hasPermission(any())).thenReturn(allowed);
  }
}
