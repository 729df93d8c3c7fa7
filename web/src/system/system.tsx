'use client';
import { Body, Page } from '@/frame/page';
import { Parts } from './parts';

export function System() {
  return (
    <Page title="System">
      <Body>
        <Parts />
      </Body>
    </Page>
  );
}
