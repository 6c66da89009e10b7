#!/usr/bin/env bash
# Has codesign find the Developer ID of CERTIFICATE_P12 (base64), which
# CERTIFICATE_PASSWORD opens: in a keychain of its own that ends with the machine of CI.
# Does nothing where there is none.
set -euo pipefail

if [[ -z ${CERTIFICATE_P12:-} ]]; then
    echo "No certificate: the application is signed ad hoc"
    exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
keychain=$HOME/Library/Keychains/release.keychain-db
password=$(openssl rand -hex 16)
base64 --decode <<<"$CERTIFICATE_P12" >"$folder/certificate.p12"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$folder/certificate.p12" -k "$keychain" -P "$CERTIFICATE_PASSWORD" \
    -T /usr/bin/codesign
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" \
    >/dev/null
security list-keychains -d user -s "$keychain" login.keychain-db
