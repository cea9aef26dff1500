# SPDX-License-Identifier: Apache-2.0
"""Faults of TLS: versions, chains, names, dates."""
from world import HOST, PORT, SERVER, fault

FOR_HOST = f"subjectAltName=DNS:{HOST},DNS:{SERVER},IP:{SERVER}"


@fault("wrong-ca", "A device that holds another CA")
def wrong_ca(w):
    w.serve()
    other = f"{w.prepared}/other/pki/ca.crt"
    w.sh(f"cp {other} {w.folder}/other-ca.crt")
    option = ("--ca", f"{w.folder}/other-ca.crt")
    w.doctor("TLS_CA", "!! chain", "issued by /O=aloft/CN=aloft CA", "another CA", options=option)
    w.device("TLS_CA", HOST, "was not issued by the CA that this device trusts", options=option)
    w.server_says()
    w.explain("The network, the address")


@fault("self-signed", "A self-signed certificate")
def self_signed(w):
    w.certify("alone", f"/CN={HOST}", FOR_HOST, issuer="alone")
    w.openssl("alone")
    w.doctor("TLS_CA", "!! chain", "it is self-signed")
    w.device("TLS_CA", HOST)
    w.curl("self-signed certificate", url=f"https://{HOST}:{PORT}")
    w.explain("The network, the address")


@fault("missing-intermediate", "An intermediate certificate that the server does not send")
def missing_intermediate(w):
    w.certify("middle", "/CN=middle", "basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign")
    w.certify("below", f"/CN={HOST}", FOR_HOST, issuer="middle")
    w.openssl("below")
    w.doctor("TLS_CA", "!! chain", "issued by /CN=middle", "an intermediate certificate that the server does not send")
    w.device("TLS_CA", HOST)
    w.curl("unable to get local issuer certificate")
    w.explain("The network, the address")


@fault("key-usage", "A certificate that is not made for servers")
def key_usage(w):
    w.certify("client", f"/CN={HOST}", FOR_HOST, "extendedKeyUsage=clientAuth")
    w.openssl("client")
    w.doctor("TLS_HANDSHAKE", "!! dates", "not made for servers (key usage)")
    w.device("TLS_HANDSHAKE", HOST)
    w.explain("not one for servers (key usage)")


@fault("expired", "A certificate that has expired")
def expired(w):
    w.certify("old", f"/CN={HOST}", FOR_HOST, days=("20200101000000Z", "20210101000000Z"))
    w.openssl("old")
    w.doctor("TLS_EXPIRED", "!! dates", "valid from", "the device's clock says")
    w.device("TLS_EXPIRED", HOST, "has expired")
    w.curl("certificate has expired")
    w.explain("aloft cert renew")


@fault("not-yet-valid", "A certificate that is not valid yet")
def not_yet_valid(w):
    w.certify("young", f"/CN={HOST}", FOR_HOST, days=("20380101000000Z", "20390101000000Z"))
    w.openssl("young")
    w.doctor("TLS_FUTURE", "!! dates", "valid from 2038-01-01")
    w.device("TLS_FUTURE", HOST, "is not valid yet")
    w.explain("clock")


@fault("clock-1970", "A device whose clock was never set")
def clock_1970(w):
    w.serve()
    w.doctor("TLS_FUTURE", "!! dates", "the device's clock says 1970-01-01 00:00", options=("--now", "0"))
    w.device("TLS_FUTURE", HOST, "the clock of this device is behind",
             environment={"LD_PRELOAD": f"{w.prepared}/clock_1970.so"})
    w.server_says()
    w.explain("Set the device's clock")


@fault("other-name", "A certificate for another name")
def other_name(w):
    w.serve()
    w.names(f"{SERVER} {HOST} wrong.example")
    w.doctor("TLS_NAME", "!! host", "expected: wrong.example", HOST, base=f"https://wrong.example:{PORT}")
    w.device("TLS_NAME", "does not contain the name wrong.example", base=f"https://wrong.example:{PORT}")
    w.curl("no alternative certificate subject name matches", url=f"https://wrong.example:{PORT}")
    w.server_says()
    w.explain("aloft cert renew --host wrong.example")


@fault("address-in-cn", "An address that stands only in the CN, as the SmartThings document makes it")
def address_in_cn(w):
    w.certify("cn", f"/CN={SERVER}", "basicConstraints=CA:FALSE")
    w.sh(f"cp {w.folder}/cn.crt {w.project}/pki/server.crt; cp {w.folder}/cn.key {w.project}/pki/server.key")
    w.aloft("publish", f"{w.prepared}/lamp-1.0.0")
    w.web()
    w.doctor(None, "ok host", "devices take it; OpenSSL and browsers do not", "iPAddress",
             base=f"https://{SERVER}:{PORT}/truth")
    w.device(None, "certificate good", base=f"https://{SERVER}:{PORT}/truth")
    said = w.python("IP address mismatch", host=SERVER)
    w.explain("aloft cert renew --host", log=said)


@fault("address-as-address-only", "An address that stands only as an iPAddress")
def address_as_address_only(w):
    w.certify("ip", "/CN=ip", f"subjectAltName=IP:{SERVER}")
    w.openssl("ip")
    w.doctor("DOCTOR_NAME_OLD", "!! host", "mbedTLS before 3.5 compares names only", base=f"https://{SERVER}:{PORT}")
    w.device("TLS_NAME", f"does not contain the name {SERVER}", base=f"https://{SERVER}:{PORT}")
    w.explain(f"aloft cert renew --host {SERVER}")


@fault("old-tls", "A server that speaks only TLS 1.1")
def old_tls(w):
    w.certify("good", f"/CN={HOST}", FOR_HOST)
    w.openssl("good", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    w.doctor("TLS_HANDSHAKE", "!! tls", "speaks only TLS 1.1 here; devices need TLS 1.2")
    w.device("TLS_HANDSHAKE", HOST)
    w.explain("no TLS version in common")


@fault("new-tls", "A server that speaks only TLS 1.3")
def new_tls(w):
    w.certify("good", f"/CN={HOST}", FOR_HOST)
    w.openssl("good", "-tls1_3")
    w.doctor("TLS_ALERT", "!! tls", "speaks only TLS 1.3 here", "alert 70")
    w.device("TLS_ALERT", HOST, "alert 70")
    w.explain("no version or cipher in common")
