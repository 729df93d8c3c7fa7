'use client';
import { Body, Page } from '@/frame/page';
import { DeployForm } from '@/deploy/new-deployment';
import { useRead } from '@/api/queries';
import { ButtonLink } from '@/ui/button';
import { Card } from '@/ui/card';
import { Tag } from '@/ui/state';
import { Check } from 'lucide-react';

/** First steps after the account: what answers, and the first deployment. They can be left and come back to. */
export function Welcome() {
  const models = useRead('GET /api/v1/models', {});
  return (
    <Page
      title="Welcome to Aether"
      actions={
        <ButtonLink href="/" look="quiet">
          Later
        </ButtonLink>
      }
    >
      <Body narrow>
        <ol aria-label="First steps" className="flex flex-wrap gap-2">
          {['Account', 'Model', 'First agent', 'First chat'].map((step, at) => (
            <li key={step}>
              <Tag tone={at < 2 ? 'good' : at === 2 ? 'info' : 'calm'}>
                {at < 2 && <Check aria-label="Done" className="size-3" />} {at + 1}. {step}
              </Tag>
            </li>
          ))}
        </ol>
        <Card title="Model">
          <p>
            {models.data?.demo
              ? 'The demo model answers: offline, free, and no language model. It does what it is told word by word, so that everything else can be tried. The settings of the models service set up a real provider.'
              : `Agents use ${models.data?.defaultModel ?? 'the model that is set up'}.`}
          </p>
        </Card>
        <h2 className="text-16 font-semibold">Deploy your first agent</h2>
        <DeployForm />
      </Body>
    </Page>
  );
}
