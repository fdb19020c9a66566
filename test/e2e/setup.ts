import { ensureBuild } from '../../scripts/lib/build.mjs';

/** The processes under test are built ones: what is stale is built first. */
export default async function setup(): Promise<void> {
  if (!(await ensureBuild())) throw new Error('dist could not be built');
}
