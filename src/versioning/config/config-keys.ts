/** What a setting may be; `path` is relative to the folder of the file that it stands in. */
export type SettingKind =
  | 'text'
  | 'name'
  | 'flag'
  | 'count'
  | 'number'
  | 'path'
  | 'links'
  | 'shared'
  | 'auth'
  | 'flag or text'

export type SettingKinds = Readonly<Record<string, SettingKind>>

/** Every setting that DVC 3 knows, by section. What stands in none of these tables is refused, as DVC does. */
export const sectionKeys: Readonly<Record<string, SettingKinds>> = {
  core: {
    ...{ remote: 'name', checksum_jobs: 'count', interactive: 'flag', analytics: 'flag' },
    ...{ hardlink_lock: 'flag', no_scm: 'flag', autostage: 'flag', experiments: 'flag' },
    ...{ check_update: 'flag', site_cache_dir: 'text', machine: 'name' },
  },
  cache: {
    ...{ local: 'text', s3: 'text', gs: 'text', hdfs: 'text', webhdfs: 'text', ssh: 'text' },
    ...{ azure: 'text', dir: 'path', type: 'links', protected: 'flag', shared: 'shared' },
    ...{ slow_link_warning: 'flag', verify: 'flag' },
  },
  state: { dir: 'text', row_limit: 'count', row_cleanup_quota: 'count' },
  index: { dir: 'text' },
  feature: { machine: 'flag' },
  plots: { html_template: 'text', auto_open: 'flag', out_dir: 'text' },
  exp: {
    ...{ code: 'text', data: 'text', models: 'text', metrics: 'text', params: 'text' },
    ...{ plots: 'text', live: 'text', auto_push: 'flag', git_remote: 'text' },
  },
  parsing: { bool: 'text', list: 'text' },
  hydra: {
    ...{ enabled: 'flag', config_dir: 'text', config_module: 'text', config_name: 'text' },
    plugins_path: 'text',
  },
  studio: { token: 'text', url: 'text', repo_url: 'text', offline: 'flag' },
}

const common = {
  ...{ url: 'path', checksum_jobs: 'count', jobs: 'count', worktree: 'flag' },
  ...{ no_traverse: 'flag', version_aware: 'flag', verify: 'flag' },
} as const satisfies SettingKinds

const http = {
  ...{ auth: 'auth', custom_auth_header: 'text', user: 'text', password: 'text' },
  ...{ ask_password: 'flag', ssl_verify: 'flag or text', method: 'text' },
  ...{ connect_timeout: 'number', read_timeout: 'number' },
} as const satisfies SettingKinds

const webdav = {
  ...{ user: 'text', password: 'text', ask_password: 'flag', token: 'text' },
  ...{ bearer_token_command: 'text', custom_auth_header: 'text', cert_path: 'path' },
  ...{ key_path: 'path', timeout: 'count', ssl_verify: 'flag or text' },
} as const satisfies SettingKinds

/** Settings of a remote by the scheme of its address; '' is a folder. */
export const remoteKeys: Readonly<Record<string, SettingKinds>> = {
  '': { ...common, type: 'links', protected: 'flag', shared: 'shared', slow_link_warning: 'flag' },
  s3: {
    ...common,
    ...{ region: 'text', profile: 'text', credentialpath: 'path', configpath: 'path' },
    ...{ endpointurl: 'text', access_key_id: 'text', secret_access_key: 'text' },
    ...{ session_token: 'text', listobjects: 'flag', use_ssl: 'flag' },
    ...{ allow_anonymous_login: 'flag', ssl_verify: 'flag or text', sse: 'text' },
    ...{ sse_kms_key_id: 'text', sse_customer_algorithm: 'text', sse_customer_key: 'text' },
    ...{ acl: 'text', grant_read: 'text', grant_read_acp: 'text', grant_write_acp: 'text' },
    ...{ grant_full_control: 'text', cache_regions: 'flag', read_timeout: 'count' },
    connect_timeout: 'count',
  },
  gs: {
    ...common,
    ...{ projectname: 'text', credentialpath: 'path', endpointurl: 'text' },
    allow_anonymous_login: 'flag',
  },
  http: { ...common, ...http },
  https: { ...common, ...http },
  // read and kept, so that a repository that has such a remote can use its others
  ssh: {
    ...common,
    ...{ type: 'links', port: 'count', user: 'text', password: 'text', ask_password: 'flag' },
    ...{ passphrase: 'text', ask_passphrase: 'flag', keyfile: 'path', timeout: 'count' },
    ...{ gss_auth: 'flag', allow_agent: 'flag', max_sessions: 'count' },
  },
  hdfs: { ...common, user: 'text', kerb_ticket: 'text', replication: 'count' },
  webhdfs: {
    ...common,
    ...{ kerberos: 'flag', kerberos_principal: 'text', proxy_to: 'text' },
    ...{ ssl_verify: 'flag or text', token: 'text', use_https: 'flag', user: 'text' },
    ...{ password: 'text', data_proxy_target: 'text' },
  },
  azure: {
    ...common,
    ...{ connection_string: 'text', sas_token: 'text', account_name: 'text' },
    ...{ account_key: 'text', tenant_id: 'text', client_id: 'text', client_secret: 'text' },
    ...{ allow_anonymous_login: 'flag', exclude_environment_credential: 'flag' },
    ...{ exclude_visual_studio_code_credential: 'flag' },
    ...{ exclude_shared_token_cache_credential: 'flag' },
    ...{ exclude_managed_identity_credential: 'flag', timeout: 'count' },
    ...{ read_timeout: 'count', connection_timeout: 'count' },
  },
  oss: { ...common, oss_key_id: 'text', oss_key_secret: 'text', oss_endpoint: 'text' },
  gdrive: {
    ...common,
    ...{ profile: 'text', gdrive_use_service_account: 'flag', gdrive_client_id: 'text' },
    ...{ gdrive_client_secret: 'text', gdrive_user_credentials_file: 'path' },
    ...{ gdrive_service_account_user_email: 'text' },
    ...{ gdrive_service_account_json_file_path: 'path', gdrive_trash_only: 'flag' },
    gdrive_acknowledge_abuse: 'flag',
  },
  webdav: { ...common, ...webdav },
  webdavs: { ...common, ...webdav },
}

/** Sections that are named: `remote "name"`. The keys of machines and databases are DVC's affair. */
export const NAMED_SECTION = /^(remote|machine|db)\s*"(.*)"$/
