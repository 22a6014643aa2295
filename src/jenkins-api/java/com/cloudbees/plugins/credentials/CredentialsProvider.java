package com.cloudbees.plugins.credentials;

import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import hudson.model.Run;
import hudson.security.Permission;
import java.util.List;

public abstract class CredentialsProvider {
  public static final Permission USE_ITEM = null;

  public static <C extends IdCredentials> C findCredentialById(
      String id, Class<C> type, Run<?, ?> run, List<DomainRequirement> requirements) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public static <C extends Credentials> C snapshot(C credentials) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }

  public static <C extends Credentials> C track(Run<?, ?> run, C credentials) {
    throw new UnsupportedOperationException("a stand-in of Jenkins's API");
  }
}
