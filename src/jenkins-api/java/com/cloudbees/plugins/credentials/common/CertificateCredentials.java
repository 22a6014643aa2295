package com.cloudbees.plugins.credentials.common;

public interface CertificateCredentials extends PasswordCredentials {}
