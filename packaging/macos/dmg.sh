#!/usr/bin/env bash
# Packs the built application into a disk image: dmg.sh APPLICATION IMAGE
#
# It signs and notarises only where there is what that needs:
#   CODESIGN_IDENTITY                            a Developer ID, in a keychain
#   NOTARY_KEY, NOTARY_KEY_ID, NOTARY_ISSUER     a file with a key of App Store Connect
# Without them, the application is signed ad hoc, and macOS asks before it opens it.
set -euo pipefail

application=$1
image=$2

codesign --verify --deep --strict "$application"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
ditto "$application" "$stage/$(basename "$application")"
ln -s /Applications "$stage/Applications"
hdiutil create -volname "Balance Tray" -srcfolder "$stage" -fs HFS+ -format UDZO \
    -ov "$image"

if [[ -n ${CODESIGN_IDENTITY:-} ]]; then
    codesign --sign "$CODESIGN_IDENTITY" --timestamp "$image"
    if [[ -n ${NOTARY_KEY:-} ]]; then
        xcrun notarytool submit "$image" --wait --key "$NOTARY_KEY" \
            --key-id "$NOTARY_KEY_ID" --issuer "$NOTARY_ISSUER"
        xcrun stapler staple "$image"
    fi
fi
echo "$image"
