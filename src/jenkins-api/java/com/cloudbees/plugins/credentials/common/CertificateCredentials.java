package com.cloudbees.plugins.credentials.common;

import java.security.KeyStore;

public interface CertificateCredentials extends PasswordCredentials {
  KeyStore getKeyStore();
}
