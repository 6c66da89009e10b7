; The installer for Windows, for Inno Setup 6.3 or newer. `dev.py package` calls it with
; what changes: Version, Numbers (four of them), Source (the built folder), Icon, Licence
; and Output.
;
; It installs for one person and asks for no administrator. It leaves alone what belongs
; to the person: accounts, history and keys stay when the program goes.

#define Name "Balance Tray"
#define Publisher "Balance Tray contributors"
#define Exe "balance-tray.exe"
; The same as in trayapp/services/desktop/windows_identity.py.
#define AppUserModelID "BalanceTray.BalanceTray"
; The same as in trayapp/services/autostart/windows.py.
#define RunValue "Balance Tray"

[Setup]
; It is what Windows knows the installed program by: it never changes.
AppId={{AB633F84-1280-4BAD-96B4-CD956D54ABDA}
AppName={#Name}
AppVersion={#Version}
AppVerName={#Name} {#Version}
AppPublisher={#Publisher}
VersionInfoVersion={#Numbers}
DefaultDirName={autopf}\{#Name}
DisableProgramGroupPage=yes
; Always the same folder: Windows remembers by the path which tray icons to show.
DisableDirPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; The oldest Windows that Qt 6.11 runs on: 10, version 1809.
MinVersion=10.0.17763
LicenseFile={#Licence}
OutputDir={#Output}
OutputBaseFilename=balance-tray-{#Version}-windows-x86_64-setup
SetupIconFile={#Icon}
UninstallDisplayIcon={app}\{#Exe}
UninstallDisplayName={#Name}
WizardStyle=modern
ShowLanguageDialog=auto
Compression=lzma2/max
SolidCompression=yes
; A program that hangs does not obey `--quit`, and is ended by force.
CloseApplications=force
RestartApplications=no

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "es"; MessagesFile: "compiler:Languages\Spanish.isl"
Name: "ca"; MessagesFile: "compiler:Languages\Catalan.isl"
Name: "pt"; MessagesFile: "compiler:Languages\Portuguese.isl"
Name: "fr"; MessagesFile: "compiler:Languages\French.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"
Name: "it"; MessagesFile: "compiler:Languages\Italian.isl"

[InstallDelete]
; What an older version brought and this one doesn't must not be loaded.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

[Icons]
; Windows shows notifications only of programs with such a shortcut and identity.
Name: "{autoprograms}\{#Name}"; Filename: "{app}\{#Exe}"; AppUserModelID: "{#AppUserModelID}"

[Run]
Filename: "{app}\{#Exe}"; Description: "{cm:LaunchProgram,{#Name}}"; Flags: nowait postinstall skipifsilent

[Code]
const
  RunKey = 'Software\Microsoft\Windows\CurrentVersion\Run';
  ApprovedKey = 'Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run';
  Patience = 50;
  PauseMs = 200;

{ Whether no process runs the file: Windows allows no writing to one that does. It
  would let it be renamed. }
function IsFree(const Exe: String): Boolean;
var
  Stream: TFileStream;
begin
  Result := True;
  try
    Stream := TFileStream.Create(Exe, fmOpenReadWrite or fmShareExclusive);
    Stream.Free;
  except
    Result := False;
  end;
end;

{ Ends the running program in good order, and waits until it is gone. Where none runs,
  nothing is waited for. }
procedure EndTheProgram;
var
  Exe: String;
  Code, Turn: Integer;
begin
  Exe := ExpandConstant('{app}\{#Exe}');
  if not FileExists(Exe) then
    Exit;
  Exec(Exe, '--quit', '', SW_HIDE, ewWaitUntilTerminated, Code);
  for Turn := 1 to Patience do
  begin
    if IsFree(Exe) then
      Exit;
    Sleep(PauseMs);
  end;
end;

function PrepareToInstall(var NeedsRestart: Boolean): String;
begin
  EndTheProgram;
  Result := '';
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
begin
  case Step of
    usUninstall:
      EndTheProgram;
    usPostUninstall:
      begin
        RegDeleteValue(HKEY_CURRENT_USER, RunKey, '{#RunValue}');
        RegDeleteValue(HKEY_CURRENT_USER, ApprovedKey, '{#RunValue}');
      end;
  end;
end;
