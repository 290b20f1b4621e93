import { cancel, isCancel, select, text } from '@clack/prompts';
import { nameProblem, type Answers } from './answers.ts';

/** Asks for what is not known yet. Ends the process when somebody has had enough. */
export async function ask(known: Partial<Answers>): Promise<Answers> {
  // At Ctrl-D a prompt neither answers nor shows the cursor again: nothing is left to wait for.
  process.once('beforeExit', leave);
  const name =
    known.name ??
    (await answered(text({ message: 'What is the bus called?', placeholder: 'ring', validate: nameProblem })));
  const firmware =
    known.firmware ??
    (await answered(
      select({
        message: 'Which firmware node describes a device?',
        options: [
          { value: 'own' as const, label: 'its own', hint: 'as on platform and amba' },
          { value: 'parent' as const, label: "its parent's, by an id", hint: 'as on pci, fsl-mc and cdx' },
        ],
      }),
    ));
  const grouping =
    known.grouping ??
    (await answered(
      select({
        message: 'Which devices share a group?',
        options: [
          { value: 'streams' as const, label: 'those with a stream id in common' },
          { value: 'parent' as const, label: 'all below one parent', hint: 'as on fsl-mc' },
          { value: 'none' as const, label: 'none has a group', hint: 'no IOMMU is above the bus, as on vmbus' },
        ],
      }),
    ));
  const vfio =
    'vfio' in known
      ? known.vfio
      : await answered(text({ message: 'What is its VFIO driver called?', defaultValue: '', placeholder: 'none' }));
  process.off('beforeExit', leave);
  return { name, firmware, grouping, vfio: vfio === '' ? undefined : vfio };
}

async function answered<T>(question: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await question;
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  return leave();
}

function leave(): never {
  process.stdout.write('\u001b[?25h');
  cancel('Nothing was written.');
  process.exit(1);
}
